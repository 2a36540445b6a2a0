/* Keeps what a kill -9 would leave behind, at every call that changes a disk.

   Preloaded into a command and all that it starts, this stands before each function of the C library that makes a
   write-class system call. Just before the n-th of them happens, in whichever process, the folder FOLDER is copied to
   INTO/n: the state that is left if everything is killed at that moment. Terminals and pipes are no disk. COUNT is a file
   of 4096 zero bytes that all processes share; it holds the number of calls so far. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static struct { long calls; int busy; } *shared;
static const char *folder, *into;
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
  if (map != MAP_FAILED) shared = map;
}

static void keep(long call) {
  char target[4096];
  snprintf(target, sizeof target, "%s/%06ld", into, call);
  char *command[] = {"cp", "-a", "--", (char *)folder, target, NULL};
  pid_t child;
  int status = -1;
  if (posix_spawn(&child, "/bin/cp", NULL, NULL, command, bare) == 0)
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {}
  if (status != 0) abort(); /* a copy that is not whole would prove nothing */
}

static void before_write(void) {
  if (!shared) return;
  int error = errno;
  while (__atomic_exchange_n(&shared->busy, 1, __ATOMIC_ACQUIRE)) sched_yield(); /* one state at a time */
  keep(++shared->calls);
  __atomic_store_n(&shared->busy, 0, __ATOMIC_RELEASE);
  errno = error;
}

static void before_write_to(int file) {
  struct stat found;
  if (file > 2 && fstat(file, &found) == 0 && S_ISREG(found.st_mode)) before_write();
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define MODE(flags) mode_t mode = 0; if ((flags) & (O_CREAT | O_TMPFILE)) { va_list more; va_start(more, flags); mode = va_arg(more, mode_t); va_end(more); }
#define WRITES(flags) (((flags) & O_ACCMODE) != O_RDONLY || ((flags) & (O_CREAT | O_TRUNC)))

#define OPEN(name) int name(const char *path, int flags, ...) { MODE(flags) if (WRITES(flags)) before_write(); return REAL(name)(path, flags, mode); }
#define OPENAT(name) int name(int at, const char *path, int flags, ...) { MODE(flags) if (WRITES(flags)) before_write(); return REAL(name)(at, path, flags, mode); }
#define FOPEN(name) FILE *name(const char *path, const char *mode) { if (mode[0] != 'r' || strchr(mode, '+')) before_write(); return REAL(name)(path, mode); }
#define PATH(name, parameters, arguments) int name parameters { before_write(); return REAL(name) arguments; }
#define FILE_(type, name, parameters, arguments) type name parameters { before_write_to(file); return REAL(name) arguments; }

int __open_2(const char *path, int flags) { return open(path, flags); }
int __open64_2(const char *path, int flags) { return open(path, flags); }
int fflush(FILE *stream) { if (stream) before_write_to(fileno(stream)); return REAL(fflush)(stream); }
int fclose(FILE *stream) { before_write_to(fileno(stream)); return REAL(fclose)(stream); }
OPEN(open) OPEN(open64) OPENAT(openat) OPENAT(openat64) FOPEN(fopen) FOPEN(fopen64)
PATH(creat, (const char *path, mode_t mode), (path, mode))
PATH(rename, (const char *a, const char *b), (a, b))
PATH(renameat, (int at, const char *a, int to, const char *b), (at, a, to, b))
PATH(renameat2, (int at, const char *a, int to, const char *b, unsigned flags), (at, a, to, b, flags))
PATH(link, (const char *a, const char *b), (a, b))
PATH(linkat, (int at, const char *a, int to, const char *b, int flags), (at, a, to, b, flags))
PATH(symlink, (const char *a, const char *b), (a, b))
PATH(symlinkat, (const char *a, int to, const char *b), (a, to, b))
PATH(unlink, (const char *path), (path))
PATH(unlinkat, (int at, const char *path, int flags), (at, path, flags))
PATH(remove, (const char *path), (path))
PATH(mkdir, (const char *path, mode_t mode), (path, mode))
PATH(mkdirat, (int at, const char *path, mode_t mode), (at, path, mode))
PATH(rmdir, (const char *path), (path))
PATH(chmod, (const char *path, mode_t mode), (path, mode))
PATH(truncate, (const char *path, off_t size), (path, size))
FILE_(int, fsync, (int file), (file))
FILE_(int, fdatasync, (int file), (file))
FILE_(int, fchmod, (int file, mode_t mode), (file, mode))
FILE_(int, ftruncate, (int file, off_t size), (file, size))
FILE_(int, ftruncate64, (int file, off64_t size), (file, size))
FILE_(ssize_t, write, (int file, const void *from, size_t size), (file, from, size))
FILE_(ssize_t, pwrite, (int file, const void *from, size_t size, off_t at), (file, from, size, at))
FILE_(ssize_t, pwrite64, (int file, const void *from, size_t size, off64_t at), (file, from, size, at))
FILE_(ssize_t, writev, (int file, const struct iovec *from, int count), (file, from, count))
