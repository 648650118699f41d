// SPDX-License-Identifier: MIT
//
// StackPool: equal stacks, mapped in slabs, each with a guard below.
//
// A slab is 64 stacks, or as many as make 16 MiB, but at least one.
//
// A task reserves a stack when it is spawned, so that failing to map is an error of spawn, and takes one
// when it first runs, so that a task that waits for its first turn costs none. Stacks are taken in LIFO order,
// because the last one given back is warm. The lowest page of each stack is a guard. Where the kernel has
// MADV_GUARD_INSTALL, the guard needs no further mapping, and is made when the stack is first taken, several in one
// call. Elsewhere mprotect makes it, which costs one more mapping each (vm.max_map_count), when the slab is mapped, so
// that failing is an error of spawn. Any thread may call.
//
// Unused stacks keep their memory until `trim`, which leaves the `most_warm` last ones a page each. It unmaps
// slabs with no stack that is used or warm, and with them the page tables. Stacks of the lowest slabs are taken first,
// so that the other slabs become empty.
#pragma once

#include <weld/native/mutex.hpp>
#include <weld/sys/errno.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace green {

class StackPool {
public:
    /// How accesses to the lowest page of a stack are made to fault.
    enum class Guard { Probe, Madvise, Mprotect };

    static constexpr std::size_t most_warm = 64;
    static constexpr std::size_t most_trimmed = 512;

    /// Stacks of `stack_size` bytes of address space, the guard included; rounded up to whole pages.
    explicit StackPool(std::size_t stack_size, Guard guard = Guard::Probe) noexcept;
    StackPool(const StackPool&) = delete;
    StackPool& operator=(const StackPool&) = delete;
    ~StackPool();

    /// Lets `spare` more stacks be held in addition to the reserved ones. Fails where there is no room for them.
    [[nodiscard]] weld::sys::Result<void> add_spare(std::size_t spare) noexcept;
    void remove_spare(std::size_t spare) noexcept;

    /// Makes sure that `count` more can be taken; returns for how many it succeeded, at least one.
    [[nodiscard]] weld::sys::Result<std::size_t> reserve(std::size_t count = 1) noexcept;

    /// Gives up reservations.
    void unreserve(std::size_t count = 1) noexcept;

    /// The lowest byte of a stack, above its guard: `usable()` bytes from there are usable. For one
    /// reservation. Ends the process when the kernel has no memory for what a guard needs.
    [[nodiscard]] std::byte* take() noexcept;

    /// Gives a stack back that no thread uses any more.
    void give(std::byte* stack) noexcept { give(std::span(&stack, 1)); }

    /// Takes at least one, for a reservation, and as many spare ones as there are into `stacks`, the warmest last;
    /// returns how many.
    [[nodiscard]] std::size_t take(std::span<std::byte*> stacks) noexcept;
    void give(std::span<std::byte* const> stacks) noexcept;

    /// Whether `trim` may find something: stacks or reservations came back since, or it returned false.
    [[nodiscard]] bool needs_trim() const noexcept { return used_.load(std::memory_order_relaxed); }

    /// Gives memory of unused stacks back to the system, of `most_trimmed` at a time, which takes a
    /// millisecond or two; false when there is more to give back.
    bool trim() noexcept;

    /// How many stacks are mapped, in use or not.
    [[nodiscard]] std::size_t mapped() noexcept;

    /// Where a task on `stack` begins. All stacks end at the same offset in a page, hence in the same few cache
    /// sets; so the beginnings are spread over sixteen cache lines below.
    [[nodiscard]] std::byte* top(std::byte* stack) const noexcept {
        const std::size_t colour = reinterpret_cast<std::uintptr_t>(stack) / spacing_ % 16;
        return stack + usable() - colour * 64;
    }

    [[nodiscard]] std::size_t usable() const noexcept { return spacing_ - page_; }

    /// The high-water mark of `stack` since its memory was last given back: whole pages, in bytes.
    [[nodiscard]] std::size_t high_water(const std::byte* stack) const noexcept;

    /// Whether `address` is in the guard below `stack`.
    [[nodiscard]] bool guards(const std::byte* stack, std::uintptr_t address) const noexcept {
        return reinterpret_cast<std::uintptr_t>(stack) - address - 1 < page_;
    }

private:
    struct Slab {
        std::byte* begin;
        std::uint64_t cold = 0;             // a bit for each stack that has a guard and no memory
        std::uint64_t fresh = 0;            // a bit for each stack that has neither
        std::unique_ptr<unsigned[]> names;  // valgrind's, where the program runs under valgrind
    };
    /// The unused stacks of one kind: bits of the slabs.
    struct Unused {
        std::uint64_t Slab::* bits;
        std::size_t count = 0;
        std::size_t lowest = 0;  // no slab before this one has such a stack
    };

    weld::sys::Result<void> map_slab() noexcept;
    weld::sys::Result<void> begin_guards(std::byte* slab) noexcept;
    weld::sys::Result<void> add_slab(std::byte* slab) noexcept;
    [[nodiscard]] Slab& slab_of(const std::byte* stack) noexcept;
    std::byte* take_lowest(Unused& unused) noexcept;
    void put_cold(std::byte* stack) noexcept;
    void prepare(std::span<std::byte* const> stacks) noexcept;
    std::size_t take_for_trim(std::span<std::byte*> stacks, std::size_t leave) noexcept;
    void free(std::span<std::byte*> stacks) noexcept;
    bool cool() noexcept;
    void cool_warmest() noexcept;
    bool unmap_empty_slab() noexcept;
    bool unmap(const Slab& slab) noexcept;
    [[nodiscard]] std::size_t available() const noexcept {
        const std::size_t kept = reserved_ + spare_ + trimmed_;
        return mapped_ - (kept < mapped_ ? kept : mapped_);
    }

    const std::size_t page_;
    const std::size_t spacing_;
    const std::size_t stacks_a_slab_;  // at most 64, as many as a word has bits
    Guard guard_;
    weld::native::Mutex mutex_;
    std::size_t reserved_ = 0;
    std::size_t spare_ = 0;
    std::size_t trimmed_ = 0;  // at the moment
    std::size_t mapped_ = 0;
    std::vector<std::byte*> warm_;  // the warmest last; with room for all that are mapped, so `give` never allocates
    std::vector<Slab> slabs_;       // by address
    Unused cold_{.bits = &Slab::cold};
    Unused fresh_{.bits = &Slab::fresh};
    std::atomic<bool> used_{false};
    std::atomic<std::uint32_t> trimming_{0};  // whether a thread is trimming
};

}  // namespace green
