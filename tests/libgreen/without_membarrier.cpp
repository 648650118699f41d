// SPDX-License-Identifier: MIT
//
// without_membarrier PROGRAM ARGUMENT...: runs a program with a seccomp filter that refuses membarrier(2), as some
// containers have. WITHOUT_MEMBARRIER in its environment tells the program.
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstdlib>

int main(int argc, char** argv) {
    auto filter = std::to_array<sock_filter>({
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_membarrier, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    });
    const sock_fprog program{.len = filter.size(), .filter = filter.data()};
    if (argc < 2 || ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) {
        std::perror("without_membarrier");
        return 77;
    }
    (void)::setenv("WITHOUT_MEMBARRIER", "1", 1);
    (void)::execv(argv[1], argv + 1);
    std::perror(argv[1]);
    return 1;
}
