/* Keeps what a kill -9 would leave behind, at every call that changes a disk.

   Preloaded into a command and all that it starts, this stands before each function of the C library that makes a
   write-class system call. Just before the n-th of them happens, in whichever process, the folder FOLDER is copied to
   INTO/n-k, after k other states: what is left if everything is killed at that moment. Terminals and pipes are no disk.
   COUNT is a file of 4096 zero bytes that all processes share; it holds the number of calls and of states so far.

   With ONE_IN greater than 1, a call before which nothing was changed that is read again is not copied: it would leave
   the state of the call before it. Of the others, every ONE_IN-th is copied, and all from the FROM-th on. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static struct { long calls, states; int busy, changed; } *shared;
static const char *folder, *into;
static long one_in, from;
static char *bare[] = {"PATH=/usr/bin:/bin", NULL};

__attribute__((constructor)) static void start(void) {
  const char *path = getenv("WRITES_COUNT");
  if (!path) return;
  int file = syscall(SYS_openat, AT_FDCWD, path, O_RDWR);
  if (file < 0) return;
  void *map = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  syscall(SYS_close, file);
  folder = getenv("WRITES_FOLDER");
  into = getenv("WRITES_INTO");
  one_in = atol(getenv("WRITES_ONE_IN"));
  from = atol(getenv("WRITES_FROM"));
  if (map != MAP_FAILED) shared = map;
}

static void keep(long state) {
  char target[PATH_MAX];
  snprintf(target, sizeof target, "%s/%06ld-%06ld", into, shared->calls, state);
  char *command[] = {"cp", "-a", "--", (char *)folder, target, NULL};
  pid_t child;
  int status = -1;
  if (posix_spawn(&child, "/bin/cp", NULL, NULL, command, bare) == 0)
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {}
  if (status != 0) abort(); /* a copy that is not whole would prove nothing */
}

static void keep_one_in_several(void) {
  /* with all, nothing is guessed about what is changed */
  if (one_in > 1 && shared->calls > 1 && !__atomic_exchange_n(&shared->changed, 0, __ATOMIC_ACQ_REL)) return;
  long state = shared->states++;
  if (state % one_in == 0 || state >= from) keep(state);
}

static void before_write(void) {
  if (!shared) return;
  int error = errno;
  while (__atomic_exchange_n(&shared->busy, 1, __ATOMIC_ACQUIRE)) sched_yield(); /* one state at a time */
  shared->calls++;
  keep_one_in_several();
  __atomic_store_n(&shared->busy, 0, __ATOMIC_RELEASE);
  errno = error;
}

static int is_regular(int file) {
  struct stat found;
  int error = errno, regular = file > 2 && fstat(file, &found) == 0 && S_ISREG(found.st_mode);
  errno = error;
  return regular;
}

/* What nothing reads again: killing.py has the same names, with the reason. */
static int is_read(const char *path) {
  if (path[0] == '/' && !strstr(path, folder)) return 0;
  return !strstr(path, "tmp_obj_") && !strstr(path, "tmp_pack_") && !strstr(path, "tmp_idx_");
}

static void changed(int succeeded, const char *path) {
  if (shared && succeeded && is_read(path)) __atomic_store_n(&shared->changed, 1, __ATOMIC_RELEASE);
}

/* The path of a file that is open, or nothing; of what is not a regular file, too. */
static const char *path_of(int file, char *path) {
  char link[64];
  int error = errno;
  ssize_t length = -1;
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  if (shared) length = readlink(link, path, PATH_MAX - 1);
  path[length < 0 ? 0 : length] = 0;
  errno = error;
  return path;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define MODE(flags) mode_t mode = 0; if ((flags) & (O_CREAT | O_TMPFILE)) { va_list more; va_start(more, flags); mode = va_arg(more, mode_t); va_end(more); }
#define WRITES(flags) (((flags) & O_ACCMODE) != O_RDONLY || ((flags) & (O_CREAT | O_TRUNC)))
#define CHANGES(flags) ((flags) & (O_CREAT | O_TRUNC))

#define OPEN(name) int name(const char *path, int flags, ...) { MODE(flags) if (WRITES(flags)) before_write(); int done = REAL(name)(path, flags, mode); changed(CHANGES(flags) && done >= 0, path); return done; }
#define OPENAT(name) int name(int at, const char *path, int flags, ...) { MODE(flags) if (WRITES(flags)) before_write(); int done = REAL(name)(at, path, flags, mode); changed(CHANGES(flags) && done >= 0, path); return done; }
#define FOPEN(name) FILE *name(const char *path, const char *mode) { int writes = mode[0] != 'r' || strchr(mode, '+'); if (writes) before_write(); FILE *done = REAL(name)(path, mode); changed(writes && done, path); return done; }
#define PATH(name, parameters, arguments, path) int name parameters { before_write(); int done = REAL(name) arguments; changed(done >= 0, path); return done; }
#define PATHS(name, parameters, arguments) int name parameters { before_write(); int done = REAL(name) arguments; changed(done >= 0, a); changed(done >= 0, b); return done; }
#define FILE_(type, name, parameters, arguments) type name parameters { int regular = is_regular(file); if (regular) before_write(); type done = REAL(name) arguments; char path[PATH_MAX] = ""; changed(regular && done >= 0, regular ? path_of(file, path) : path); return done; }
#define KEEPS(name, parameters, arguments) int name parameters { if (is_regular(file)) before_write(); return REAL(name) arguments; }
#define STREAM(name) { char path[PATH_MAX]; int regular = is_regular(fileno(stream)), writes = regular && __fwritable(stream); if (writes) path_of(fileno(stream), path); if (regular) before_write(); int done = REAL(name)(stream); changed(writes, path); return done; }

char *mkdtemp(char *path) { before_write(); char *done = REAL(mkdtemp)(path); changed(done != NULL, path); return done; }
int __open_2(const char *path, int flags) { return open(path, flags); }
int __open64_2(const char *path, int flags) { return open64(path, flags); }
int fflush(FILE *stream) { if (!stream) return REAL(fflush)(stream); STREAM(fflush) }
int fclose(FILE *stream) STREAM(fclose)
OPEN(open) OPEN(open64) OPENAT(openat) OPENAT(openat64) FOPEN(fopen) FOPEN(fopen64)
PATH(creat, (const char *path, mode_t mode), (path, mode), path)
PATHS(rename, (const char *a, const char *b), (a, b))
PATHS(renameat, (int at, const char *a, int to, const char *b), (at, a, to, b))
PATHS(renameat2, (int at, const char *a, int to, const char *b, unsigned flags), (at, a, to, b, flags))
PATHS(link, (const char *a, const char *b), (a, b))
PATHS(linkat, (int at, const char *a, int to, const char *b, int flags), (at, a, to, b, flags))
PATH(symlink, (const char *a, const char *path), (a, path), path)
PATH(symlinkat, (const char *a, int to, const char *path), (a, to, path), path)
PATH(unlink, (const char *path), (path), path)
PATH(unlinkat, (int at, const char *path, int flags), (at, path, flags), path)
PATH(remove, (const char *path), (path), path)
PATH(mkdir, (const char *path, mode_t mode), (path, mode), path)
PATH(mkdirat, (int at, const char *path, mode_t mode), (at, path, mode), path)
PATH(rmdir, (const char *path), (path), path)
PATH(truncate, (const char *path, off_t size), (path, size), path)
int chmod(const char *path, mode_t mode) { before_write(); return REAL(chmod)(path, mode); }
KEEPS(fsync, (int file), (file))
KEEPS(fdatasync, (int file), (file))
KEEPS(fchmod, (int file, mode_t mode), (file, mode))
FILE_(int, ftruncate, (int file, off_t size), (file, size))
FILE_(int, ftruncate64, (int file, off64_t size), (file, size))
FILE_(ssize_t, write, (int file, const void *from, size_t size), (file, from, size))
FILE_(ssize_t, pwrite, (int file, const void *from, size_t size, off_t at), (file, from, size, at))
FILE_(ssize_t, pwrite64, (int file, const void *from, size_t size, off64_t at), (file, from, size, at))
FILE_(ssize_t, writev, (int file, const struct iovec *from, int count), (file, from, count))
