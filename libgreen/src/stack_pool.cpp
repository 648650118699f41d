// SPDX-License-Identifier: MIT
#include "stack_pool.hpp"

#include <weld/sys/posix/mman.hpp>

#include <algorithm>
#include <cassert>
#include <mutex>
#include <new>

namespace green {

namespace {

using namespace weld::sys;

constexpr std::size_t stacks_a_slab = 64;
constexpr std::size_t least_pages = 4;

std::size_t rounded(std::size_t bytes, std::size_t page) noexcept {
    return std::max((bytes + page - 1) / page, least_pages) * page;
}

}  // namespace

StackPool::StackPool(std::size_t stack_size, Guard guard) noexcept
    : page_(page_size()), spacing_(rounded(stack_size, page_)), guard_(guard) {}

StackPool::~StackPool() {
    assert(reserved_ == 0 && free_.size() == mapped_);
    for (std::byte* slab : slabs_) {
        (void)munmap(slab, spacing_ * stacks_a_slab);
    }
}

weld::Result<void> StackPool::reserve() noexcept {
    const std::lock_guard lock(mutex_);
    if (reserved_ == mapped_) {
        if (auto mapped = map_slab(); !mapped) {
            return mapped;
        }
    }
    ++reserved_;
    return {};
}

void StackPool::unreserve() noexcept {
    const std::lock_guard lock(mutex_);
    --reserved_;
}

std::byte* StackPool::take() noexcept {
    const std::lock_guard lock(mutex_);
    assert(!free_.empty());
    std::byte* stack = free_.back();
    free_.pop_back();
    return stack;
}

void StackPool::give(std::byte* stack) noexcept {
    const std::lock_guard lock(mutex_);
    free_.push_back(stack);
}

weld::sys::Result<void> StackPool::guard(std::byte* lowest) noexcept {
    if (guard_ != Guard::Mprotect) {
        const auto installed = madvise(lowest, page_, Advice::GuardInstall);
        // An older kernel does not know the advice; locked memory refuses it. That stays so for this pool.
        if (installed || guard_ == Guard::Madvise || installed.error() != Errno::Inval) {
            return installed;
        }
        guard_ = Guard::Mprotect;
    }
    return mprotect(lowest, page_, Protection::None);
}

weld::Result<void> StackPool::map_slab() noexcept {
    const std::size_t length = spacing_ * stacks_a_slab;
    const auto mapped = mmap(nullptr, length, Protection::Read | Protection::Write,
                             MapFlags::Private | MapFlags::Anonymous | MapFlags::NoReserve | MapFlags::Stack, no_fd, 0);
    if (!mapped) {
        return std::unexpected(weld::Error("spawn", mapped.error()));
    }
    auto* slab = static_cast<std::byte*>(*mapped);
    const auto refuse = [&](auto fault) {
        (void)munmap(slab, length);
        return std::unexpected(weld::Error("spawn", fault));
    };
    // Huge pages would make a stack's first touch cost 2 MiB; a kernel without them refuses, and that is fine.
    (void)madvise(slab, length, Advice::NoHugePage);
    for (std::size_t i = 0; i < stacks_a_slab; ++i) {
        if (const auto guarded = guard(slab + i * spacing_); !guarded) {
            return refuse(guarded.error());
        }
    }
    try {
        slabs_.reserve(slabs_.size() + 1);
        free_.reserve(mapped_ + stacks_a_slab);
    } catch (const std::bad_alloc&) {
        return refuse(weld::Fault::OutOfMemory);
    }
    slabs_.push_back(slab);
    // The lowest is taken first.
    for (std::size_t i = stacks_a_slab; i-- > 0;) {
        free_.push_back(slab + i * spacing_ + page_);
    }
    mapped_ += stacks_a_slab;
    return {};
}

}  // namespace green
