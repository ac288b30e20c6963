/* Reading the journal: who did what, to which row, why. For auditors; values are not shown, only what was touched. */
#ifndef CORE_AUDIT_H
#define CORE_AUDIT_H

#include "core/command.h"

extern const struct module audit_module;

#endif
