// SPDX-License-Identifier: MIT
//
// StackPool: equal stacks, mapped in slabs, each with a guard below.
//
// A slab is 64 stacks, or as many as make 16 MiB, but at least one.
//
// A task reserves a stack when it is spawned, so that failing to map is an error of spawn, and takes one
// when it first runs, so that a task which waits for its turn costs none. What is given back last is taken
// first: it is warm. The lowest page of each stack is a guard: by MADV_GUARD_INSTALL where the kernel has
// it (no mapping more), else by mprotect (a mapping more each, against vm.max_map_count). Any thread may
// call.
#pragma once

#include <weld/native/mutex.hpp>
#include <weld/sys/errno.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace green {

class StackPool {
public:
    /// How the lowest page of a stack is kept from being touched.
    enum class Guard { Probe, Madvise, Mprotect };

    /// Stacks of `stack_size` bytes of address space, the guard among them; rounded up to whole pages.
    explicit StackPool(std::size_t stack_size, Guard guard = Guard::Probe) noexcept;
    StackPool(const StackPool&) = delete;
    StackPool& operator=(const StackPool&) = delete;
    ~StackPool();

    /// Makes sure that one more `take` will find a stack.
    [[nodiscard]] weld::sys::Result<void> reserve() noexcept;

    /// Gives up a reservation.
    void unreserve() noexcept;

    /// The lowest byte of a stack, its guard above it not counted: usable are `usable()` bytes from there. For one
    /// reservation.
    [[nodiscard]] std::byte* take() noexcept;

    /// Gives a stack back; nobody uses it any more.
    void give(std::byte* stack) noexcept;

    /// Where a task on `stack` begins. All stacks end at the same place of a page, hence in the same few sets of the
    /// cache; so the beginnings are spread over sixteen lines below.
    [[nodiscard]] std::byte* top(std::byte* stack) const noexcept {
        const std::size_t colour = reinterpret_cast<std::uintptr_t>(stack) / spacing_ % 16;
        return stack + usable() - colour * 64;
    }

    [[nodiscard]] std::size_t usable() const noexcept { return spacing_ - page_; }

private:
    weld::sys::Result<void> map_slab() noexcept;
    weld::sys::Result<void> guard(std::byte* lowest) noexcept;

    const std::size_t page_;
    const std::size_t spacing_;
    const std::size_t stacks_a_slab_;
    Guard guard_;
    weld::native::Mutex mutex_;
    std::size_t reserved_ = 0;
    std::size_t mapped_ = 0;
    std::vector<std::byte*> free_;  // has room for all that are mapped, so `give` never allocates
    std::vector<std::byte*> slabs_;
    std::vector<unsigned> known_;  // valgrind's names of all stacks, where it runs the program
};

}  // namespace green
