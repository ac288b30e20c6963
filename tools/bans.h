/* Calls that do not compile in our sources, included before each of them (meson.build).
 * The standard headers come first, so that their own declarations are not touched; some are macros there. */
#ifndef TOOLS_BANS_H
#define TOOLS_BANS_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <sys/time.h>

#define BANNED(call, instead) call##_is_banned_use_##instead

/* Unbounded or silent. */
#undef strcpy
#define strcpy(...) BANNED(strcpy, struct_str)
#undef strcat
#define strcat(...) BANNED(strcat, struct_buf)
#undef strncpy
#define strncpy(...) BANNED(strncpy, struct_str)
#undef strncat
#define strncat(...) BANNED(strncat, struct_buf)
#undef stpcpy
#define stpcpy(...) BANNED(stpcpy, struct_buf)
#undef sprintf
#define sprintf(...) BANNED(sprintf, buf_printf)
#undef vsprintf
#define vsprintf(...) BANNED(vsprintf, buf_printf)
#undef gets
#define gets(...) BANNED(gets, read)
#undef alloca
#define alloca(...) BANNED(alloca, arena_alloc)

/* Hidden state, shared between threads. */
#undef strtok
#define strtok(...) BANNED(strtok, str_cut)
#undef asctime
#define asctime(...) BANNED(asctime, instant_format)
#undef ctime
#define ctime(...) BANNED(ctime, instant_format)
#undef localtime
#define localtime(...) BANNED(localtime, base_time)
#undef localtime_r
#define localtime_r(...) BANNED(localtime_r, base_time)
#undef gmtime
#define gmtime(...) BANNED(gmtime, base_time)
#undef mktime
#define mktime(...) BANNED(mktime, date_from_civil)
#undef strftime
#define strftime(...) BANNED(strftime, instant_format)
#undef setlocale
#define setlocale(...) BANNED(setlocale, nothing)
#undef rand
#define rand(...) BANNED(rand, id_new_or_sodium)
#undef srand
#define srand(...) BANNED(srand, id_new_or_sodium)
#undef random
#define random(...) BANNED(random, id_new_or_sodium)

/* No errors. */
#undef atoi
#define atoi(...) BANNED(atoi, str_to_i64)
#undef atol
#define atol(...) BANNED(atol, str_to_i64)
#undef atoll
#define atoll(...) BANNED(atoll, str_to_i64)
#undef atof
#define atof(...) BANNED(atof, str_to_scaled)

/* Shells and guessable names. */
#undef system
#define system(...) BANNED(system, posix_spawn)
#undef popen
#define popen(...) BANNED(popen, posix_spawn)
#undef tmpnam
#define tmpnam(...) BANNED(tmpnam, mkstemp)
#undef mktemp
#define mktemp(...) BANNED(mktemp, mkstemp)

#ifndef BANS_ALLOW_SYSTEM
/* Only base/ takes memory from the heap and time from the system: the rest uses arenas and ctx->now. */
#undef malloc
#define malloc(...) BANNED(malloc, arena_alloc_or_mem_alloc)
#undef calloc
#define calloc(...) BANNED(calloc, arena_zalloc_or_mem_zalloc)
#undef realloc
#define realloc(...) BANNED(realloc, mem_grow)
#undef free
#define free(...) BANNED(free, mem_free)
#undef strdup
#define strdup(...) BANNED(strdup, str_dup)
#undef strndup
#define strndup(...) BANNED(strndup, str_dup)
#undef asprintf
#define asprintf(...) BANNED(asprintf, str_fmt)
#undef vasprintf
#define vasprintf(...) BANNED(vasprintf, str_fmt)
#undef time
#define time(...) BANNED(time, ctx_now_or_clock_wall)
#undef gettimeofday
#define gettimeofday(...) BANNED(gettimeofday, clock_wall)
#endif

#endif
