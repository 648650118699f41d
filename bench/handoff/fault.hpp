// SPDX-License-Identifier: MIT
//
// FaultCall: a page fault that a thread of the process serves slowly, by userfaultfd(2).
//
// In user mode only, which needs no privilege. Where the kernel or a sandbox refuses it, the contender cannot run.
#pragma once

#include <linux/userfaultfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <cstdint>
#include <thread>

#include "call.hpp"

/// The first access to a page whose contents come late.
class FaultCall : public Call {
public:
    explicit FaultCall(std::uint64_t ns)
        : size_(static_cast<std::size_t>(sysconf(_SC_PAGESIZE))),
          fd_(userfaultfd_new()),
          page_(mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)) {
        if (page_ == MAP_FAILED) {
            contender_die("mmap");
        }
        uffdio_register late = {};
        late.range = {reinterpret_cast<std::uintptr_t>(page_), size_};
        late.mode = UFFDIO_REGISTER_MODE_MISSING;
        checked(ioctl(fd_, UFFDIO_REGISTER, &late), "UFFDIO_REGISTER");
        answerer_ = std::thread([this, ns] { answer(ns); });
    }
    ~FaultCall() override { answerer_.join(); }

    void operator()() override { static_cast<void>(*static_cast<volatile char*>(page_)); }

private:
    static int userfaultfd_new() {
        const auto fd = static_cast<int>(syscall(SYS_userfaultfd, O_CLOEXEC | UFFD_USER_MODE_ONLY));
        if (fd < 0) {
            contender_unable("userfaultfd is refused");
        }
        uffdio_api api = {};
        api.api = UFFD_API;
        checked(ioctl(fd, UFFDIO_API, &api), "UFFDIO_API");
        return fd;
    }

    void answer(std::uint64_t ns) {
        uffd_msg fault;
        checked(read(fd_, &fault, sizeof fault), "read of the userfaultfd");
        sleep_natively(ns);
        uffdio_zeropage zero = {};
        zero.range = {reinterpret_cast<std::uintptr_t>(page_), size_};
        checked(ioctl(fd_, UFFDIO_ZEROPAGE, &zero), "UFFDIO_ZEROPAGE");
    }

    std::size_t size_;
    int fd_;
    void* page_;
    std::thread answerer_;
};
