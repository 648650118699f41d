// SPDX-License-Identifier: MIT
#include "stack_pool.hpp"

#include "annotate.hpp"

#include <weld/sys/posix/mman.hpp>

#include <algorithm>
#include <cassert>
#include <cstdint>
#include <mutex>
#include <new>

namespace green {

namespace {

using namespace weld::sys;

constexpr std::size_t most_stacks_a_slab = 64;
constexpr std::size_t slab_size = 16 * 1024 * 1024;
constexpr std::size_t least_pages = 4;

/// Whole pages; as many as there are addresses for, which mmap refuses, where it would be more.
std::size_t rounded(std::size_t bytes, std::size_t page) noexcept {
    const std::size_t pages = bytes / page + (bytes % page != 0 ? 1 : 0);
    return std::clamp(pages, least_pages, SIZE_MAX / page) * page;
}

/// Makes room for `count` in all, and for as many again when it has to move.
template <class T>
void make_room(std::vector<T>& vector, std::size_t count) {
    if (count > vector.capacity()) {
        vector.reserve(std::max(count, 2 * vector.capacity()));
    }
}

}  // namespace

StackPool::StackPool(std::size_t stack_size, Guard guard) noexcept
    : page_(page_size()),
      spacing_(rounded(stack_size, page_)),
      stacks_a_slab_(std::clamp<std::size_t>(slab_size / spacing_, 1, most_stacks_a_slab)),
      // Valgrind does not know the advice, and dies of reading a guard while it looks for leaks.
      guard_(guard == Guard::Probe && annotate::on_valgrind() ? Guard::Mprotect : guard) {}

StackPool::~StackPool() {
    assert(reserved_ == 0 && free_.size() == mapped_);
    for (const unsigned name : known_) {
        annotate::end_stack(name);
    }
    for (std::byte* slab : slabs_) {
        (void)munmap(slab, spacing_ * stacks_a_slab_);
    }
}

weld::sys::Result<void> StackPool::reserve() noexcept {
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

weld::sys::Result<void> StackPool::map_slab() noexcept {
    const std::size_t length = spacing_ * stacks_a_slab_;
    const auto mapped = mmap(nullptr, length, Protection::Read | Protection::Write,
                             MapFlags::Private | MapFlags::Anonymous | MapFlags::NoReserve | MapFlags::Stack, no_fd, 0);
    if (!mapped) {
        return std::unexpected(mapped.error());
    }
    auto* slab = static_cast<std::byte*>(*mapped);
    const auto refuse = [&](Errno error) {
        (void)munmap(slab, length);
        return std::unexpected(error);
    };
    // Huge pages would make a stack's first touch cost 2 MiB; a kernel without them refuses, and that is fine.
    (void)madvise(slab, length, Advice::NoHugePage);
    for (std::size_t i = 0; i < stacks_a_slab_; ++i) {
        if (const auto guarded = guard(slab + i * spacing_); !guarded) {
            return refuse(guarded.error());
        }
    }
    try {
        make_room(slabs_, slabs_.size() + 1);
        make_room(free_, mapped_ + stacks_a_slab_);
        if (annotate::on_valgrind()) {
            make_room(known_, mapped_ + stacks_a_slab_);
        }
    } catch (const std::bad_alloc&) {
        return refuse(Errno::Nomem);
    }
    slabs_.push_back(slab);
    // The lowest is taken first.
    for (std::size_t i = stacks_a_slab_; i-- > 0;) {
        free_.push_back(slab + i * spacing_ + page_);
        if (annotate::on_valgrind()) {
            known_.push_back(annotate::begin_stack(free_.back(), usable()));
        }
    }
    mapped_ += stacks_a_slab_;
    return {};
}

}  // namespace green
