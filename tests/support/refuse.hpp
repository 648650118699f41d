// SPDX-License-Identifier: MIT
//
// refuse: makes the kernel refuse a system call of this process, as an older kernel or a container does.
//
// It uses a seccomp filter, which cannot be removed, so it belongs into test::in_child.
#pragma once

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <array>
#include <cstddef>
#include <cstdint>

namespace test {

/// The uses of a system call to refuse: all, or those whose argument `argument` has one of the bits of `mask`, or
/// equals `value` under that mask if `value` is not zero. Only the lower 32 bits of an argument count.
struct Refused {
    long call = 0;
    std::uint32_t argument = 0;
    std::uint32_t mask = 0;
    std::uint32_t value = 0;
};

/// The exit status of a body of `in_child` where no filter can be installed.
inline constexpr int no_filter = 77;

/// Makes `refused` fail with `error` from now on. False where no filter can be installed.
inline bool refuse(const Refused& refused, int error) {
    const auto answer = static_cast<std::uint32_t>(error) & SECCOMP_RET_DATA;
    const auto low =
        static_cast<std::uint32_t>(offsetof(seccomp_data, args) + refused.argument * sizeof(std::uint64_t));
    const auto any_bit = static_cast<std::uint16_t>(BPF_JMP | BPF_JSET | BPF_K);
    const auto equal = static_cast<std::uint16_t>(BPF_JMP | BPF_JEQ | BPF_K);
    std::array filter = std::to_array<sock_filter>({
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(refused.call), 0, 4),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, low),
        BPF_STMT(BPF_ALU | BPF_AND | BPF_K, refused.mask),
        {.code = refused.value == 0 ? any_bit : equal,
         .jt = 0,
         .jf = 1,
         .k = refused.value == 0 ? refused.mask : refused.value},
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | answer),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    });
    if (refused.mask == 0) {
        filter[4].jf = 0;  // whatever the arguments are
    }
    const sock_fprog program{.len = filter.size(), .filter = filter.data()};
    return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

}  // namespace test
