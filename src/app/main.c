/* redoubt: one program, one file of data. */
#include "app/app.h"

int main(int argc, char **argv) { return cli_main(argc, argv); }
