/*
 * Runs a command as on a kernel without IPv6 (ipv6.disable=1): a filter of system calls lets socket(AF_INET6, ...) fail
 * with EAFNOSUPPORT, for the command and all its children. It needs no privilege. Usage: no-ipv6 COMMAND [ARGUMENT...]
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define SKIP_UNLESS(value, count) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, count)
#define RETURN(action) BPF_STMT(BPF_RET | BPF_K, action)

static struct sock_filter filter[] = {
    LOAD(nr),      SKIP_UNLESS(SYS_socket, 3), /* the first argument is the address family */
    LOAD(args[0]), SKIP_UNLESS(AF_INET6, 1),   RETURN(SECCOMP_RET_ERRNO | EAFNOSUPPORT), RETURN(SECCOMP_RET_ALLOW),
};
static struct sock_fprog program = {sizeof filter / sizeof *filter, filter};

int main(int argc, char **argv) {
  if (argc < 2) {
    fprintf(stderr, "usage: no-ipv6 COMMAND [ARGUMENT...]\n");
    return 2;
  }
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) {
    perror("no-ipv6");
    return 126;
  }
  execvp(argv[1], argv + 1);
  perror(argv[1]);
  return 127;
}
