/* What the files of the command line share. */
#ifndef APP_CLI_H
#define APP_CLI_H

#include "app/app.h"

struct verb {
    const char *name;
    int (*run)(const struct options *o); /* exit code */
    const char *zh, *en;
    const char *help;                    /* usage and options */
};

/* A value option anywhere among the arguments ("--role X"); takes it out. NULL when absent. */
const char *cli_option(struct options *o, const char *name);
bool cli_flag(struct options *o, const char *name);
/* Refuses what is left over: one line, exit code 2. */
int cli_nothing_left(const struct options *o, int wanted);

/* A context that may do everything, for the command line itself. */
void cli_ctx(struct app *app, struct ctx *ctx, struct arena *a, struct problems *ps);
/* Runs a command on the open store. The answer is in the call's arena. 0 or negative; problems on stderr. */
int cli_call(struct app *app, struct arena *a, const char *command, struct id target, const char *reason, json_t *data, struct str *answer);
/* Hands a POST to the server that holds the store. Status or -1. */
int cli_remote(const struct options *o, struct arena *a, const char *path, const char *content_type, struct str body, struct str *answer);
void cli_problems(const struct problems *ps);
/* The same for the list of a server's answer. */
void cli_problem_list(const json_t *list);

/* First line of a file (at most 200 characters), or, without a file, a random password (*made). 0, or 2 after a line on stderr. */
#define PASSWORD_MAX 200
int cli_password(const char *file, char out[PASSWORD_MAX + 1], bool *made);
/* A root place, if there is none, and a system administrator there. */
int cli_administrator(struct app *app, struct arena *a, const char *login, const char *password);

/* Imports one file into the open store whose writer runs; problems go to stderr. 0 or negative. */
int cli_import_file(struct app *app, const char *entity, const char *path, bool dry_run, struct import_report *report);

int cli_init(const struct options *o);
int cli_serve(const struct options *o);
int cli_import(const struct options *o);
int cli_export(const struct options *o);
int cli_account(const struct options *o);
int cli_backup(const struct options *o);
int cli_store(const struct options *o);
int cli_restore(const struct options *o);
int cli_journal(const struct options *o);
int cli_rebuild(const struct options *o);
int cli_drill(const struct options *o);
int cli_gen(const struct options *o);
int cli_schema(const struct options *o);
int cli_openapi(const struct options *o);
int cli_tsgen(const struct options *o);
int cli_dictionary(const struct options *o);
int cli_sql(const struct options *o);

#endif
