// SPDX-License-Identifier: MIT
#include "stack_pool.hpp"

#include "annotate.hpp"
#include "die.hpp"

#include <weld/sys/linux/process_madvise.hpp>
#include <weld/sys/posix/mman.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <cstdint>
#include <iterator>
#include <memory>
#include <mutex>
#include <new>
#include <utility>

namespace green {

namespace {

using namespace weld::sys;

constexpr std::size_t most_stacks_a_slab = 64;
constexpr std::size_t slab_size = 16 * 1024 * 1024;
constexpr std::size_t least_pages = 4;
constexpr std::size_t trimmed_at_once = StackPool::most_warm;
constexpr std::size_t most_unmapped = 16;  // slabs, in one call of trim
constexpr std::size_t most_prepared = 16;  // in one call

/// Rounded up to whole pages; where that would overflow, a size that mmap refuses.
std::size_t rounded(std::size_t bytes, std::size_t page) noexcept {
    const std::size_t pages = bytes / page + (bytes % page != 0 ? 1 : 0);
    return std::clamp(pages, least_pages, SIZE_MAX / page) * page;
}

/// Reserves room for `count` in all; doubles it when the elements have to move.
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
      // Valgrind does not know the advice, and crashes when it reads a guard while it looks for leaks.
      guard_(guard == Guard::Probe && annotate::on_valgrind() ? Guard::Mprotect : guard) {}

StackPool::~StackPool() {
    assert(reserved_ == 0 && warm_.size() + cold_.count + fresh_.count == mapped_);
    for (const Slab& slab : slabs_) {
        (void)unmap(slab);
    }
}

std::size_t StackPool::mapped() noexcept {
    const std::lock_guard lock(mutex_);
    return mapped_;
}

// ---- taking and giving --------------------------------------------------------------------------------

weld::sys::Result<void> StackPool::add_spare(std::size_t spare) noexcept {
    const std::lock_guard lock(mutex_);
    while (mapped_ != 0 && mapped_ < reserved_ + spare_ + trimmed_ + spare) {
        if (auto mapped = map_slab(); !mapped) {
            return mapped;
        }
    }
    spare_ += spare;
    return {};
}

void StackPool::remove_spare(std::size_t spare) noexcept {
    const std::lock_guard lock(mutex_);
    spare_ -= spare;
}

weld::sys::Result<std::size_t> StackPool::reserve(std::size_t count) noexcept {
    const std::lock_guard lock(mutex_);
    while (available() < count) {
        if (const auto mapped = map_slab(); !mapped) {
            if (available() == 0) {
                return std::unexpected(mapped.error());
            }
            break;
        }
    }
    count = std::min(count, available());
    reserved_ += count;
    return count;
}

void StackPool::unreserve(std::size_t count) noexcept {
    const std::lock_guard lock(mutex_);
    reserved_ -= count;
    used_.store(true, std::memory_order_relaxed);  // reserved stacks could not be trimmed
}

std::byte* StackPool::take() noexcept {
    std::byte* stack = nullptr;
    (void)take(std::span(&stack, 1));
    return stack;
}

std::size_t StackPool::take(std::span<std::byte*> stacks) noexcept {
    std::size_t fresh = 0;
    std::size_t count = 0;
    {
        const std::lock_guard lock(mutex_);
        const std::size_t used = warm_.size() + cold_.count;
        assert(used + fresh_.count != 0);
        count = std::min(stacks.size(), used);
        for (std::size_t i = count; i-- > 0;) {
            if (warm_.empty()) {
                stacks[i] = take_lowest(cold_);
            } else {
                stacks[i] = warm_.back();
                warm_.pop_back();
            }
        }
        if (count == 0) {
            // Stacks that may never be needed have a cost, so few at first.
            const std::size_t out = mapped_ - fresh_.count;
            fresh = std::min({stacks.size(), fresh_.count, out / 2 + 1});
            for (std::size_t i = fresh; i-- > 0;) {
                stacks[i] = take_lowest(fresh_);
            }
        }
    }
    prepare(stacks.first(fresh));
    return count + fresh;
}

std::byte* StackPool::take_lowest(Unused& unused) noexcept {
    while (slabs_[unused.lowest].*unused.bits == 0) {
        ++unused.lowest;
    }
    Slab& slab = slabs_[unused.lowest];
    std::uint64_t& bits = slab.*unused.bits;
    const auto index = static_cast<std::size_t>(std::countr_zero(bits));
    bits &= bits - 1;
    --unused.count;
    return slab.begin + index * spacing_ + page_;
}

StackPool::Slab& StackPool::slab_of(const std::byte* stack) noexcept {
    return *std::prev(std::ranges::upper_bound(slabs_, stack, {}, &Slab::begin));
}

void StackPool::put_cold(std::byte* stack) noexcept {
    Slab& slab = slab_of(stack);
    slab.cold |= std::uint64_t{1} << (static_cast<std::size_t>(stack - slab.begin) / spacing_);
    ++cold_.count;
    cold_.lowest = std::min(cold_.lowest, static_cast<std::size_t>(&slab - slabs_.data()));
}

/// Guards fresh stacks, and populates the memory that they need at once.
void StackPool::prepare(std::span<std::byte* const> stacks) noexcept {
    std::array<MemoryRange, most_prepared> guards;
    std::array<MemoryRange, most_prepared> tops;
    for (; !stacks.empty(); stacks = stacks.subspan(std::min(stacks.size(), most_prepared))) {
        const std::size_t count = std::min(stacks.size(), most_prepared);
        for (std::size_t i = 0; i < count; ++i) {
            guards[i] = {.address = stacks[i] - page_, .length = page_};
            tops[i] = {.address = stacks[i] + usable() - page_, .length = page_};
        }
        const auto all = std::span(guards).first(count);
        const std::size_t done = count > 1 ? process_madvise(all, Advice::GuardInstall).value_or(0) / page_ : 0;
        for (const MemoryRange& guard : all.subspan(done)) {
            if (!madvise(guard.address, guard.length, Advice::GuardInstall) &&
                !mprotect(guard.address, guard.length, Protection::None)) {
                die("green: ", "a stack", " cannot be guarded: the system has no memory\n");
            }
        }
        if (count > 1) {
            (void)process_madvise(std::span(tops).first(count), Advice::PopulateWrite);
        }
    }
}

void StackPool::give(std::span<std::byte* const> stacks) noexcept {
    const std::lock_guard lock(mutex_);
    warm_.insert(warm_.end(), stacks.begin(), stacks.end());
    used_.store(true, std::memory_order_relaxed);
}

// ---- memory -------------------------------------------------------------------------------------------

/// Moves warm stacks into `stacks`, those below the `leave` warmest; returns how many.
std::size_t StackPool::take_for_trim(std::span<std::byte*> stacks, std::size_t leave) noexcept {
    const std::lock_guard lock(mutex_);
    // Never a stack that is reserved.
    const std::size_t count = std::min({stacks.size(), warm_.size() - std::min(warm_.size(), leave), available()});
    const auto end = warm_.end() - static_cast<std::ptrdiff_t>(std::min(leave, warm_.size()));
    const auto begin = end - static_cast<std::ptrdiff_t>(count);
    std::copy(begin, end, stacks.begin());
    warm_.erase(begin, end);
    trimmed_ += count;
    return count;
}

/// Gives the memory of `stacks` back, with one call for adjacent stacks: the guards between them stay.
void StackPool::free(std::span<std::byte*> stacks) noexcept {
    std::ranges::sort(stacks);
    for (std::size_t i = 0; i < stacks.size();) {
        std::size_t end = i + 1;
        while (end < stacks.size() && stacks[end] == stacks[end - 1] + spacing_) {
            ++end;
        }
        (void)madvise(stacks[i], (end - i) * spacing_ - page_, Advice::DontNeed);
        i = end;
    }
}

/// Gives back the memory of stacks that are not among the warmest; false when there are more.
bool StackPool::cool() noexcept {
    std::array<std::byte*, trimmed_at_once> stacks;
    for (std::size_t done = 0; done < most_trimmed; done += stacks.size()) {
        const std::size_t count = take_for_trim(stacks, most_warm);
        free(std::span(stacks).first(count));
        const std::lock_guard lock(mutex_);
        std::for_each_n(stacks.begin(), count, [&](std::byte* stack) { put_cold(stack); });
        trimmed_ -= count;
        if (count < stacks.size()) {
            return true;
        }
    }
    return false;
}

/// Leaves the stacks that stay warm one page each, the first that a task uses.
void StackPool::cool_warmest() noexcept {
    std::array<std::byte*, most_warm> stacks;
    const std::size_t count = take_for_trim(stacks, 0);
    for (std::byte* stack : std::span(stacks).first(count)) {
        (void)madvise(stack, usable() - page_, Advice::DontNeed);
    }
    const std::lock_guard lock(mutex_);
    warm_.insert(warm_.end(), stacks.begin(), stacks.begin() + static_cast<std::ptrdiff_t>(count));
    trimmed_ -= count;
}

bool StackPool::unmap(const Slab& slab) noexcept {
    const bool is_gone = munmap(slab.begin, spacing_ * stacks_a_slab_).has_value();
    for (std::size_t i = 0; is_gone && slab.names != nullptr && i < stacks_a_slab_; ++i) {
        annotate::end_stack(slab.names[i]);
    }
    return is_gone;
}

/// Unmaps a slab with no used stack, if as many are left for the next reservations; false when there is none.
bool StackPool::unmap_empty_slab() noexcept {
    const std::lock_guard lock(mutex_);
    if (available() < 2 * stacks_a_slab_) {
        return false;
    }
    // The highest one, because stacks of the lowest are taken first.
    for (std::size_t i = slabs_.size(); i-- > 0;) {
        const Slab& slab = slabs_[i];
        const auto cold = static_cast<std::size_t>(std::popcount(slab.cold));
        const auto fresh = static_cast<std::size_t>(std::popcount(slab.fresh));
        if (cold + fresh != stacks_a_slab_) {
            continue;
        }
        if (!unmap(slab)) {
            return false;  // no room for the parts of a split mapping (vm.max_map_count)
        }
        cold_.count -= cold;
        fresh_.count -= fresh;
        mapped_ -= stacks_a_slab_;
        for (Unused* unused : {&cold_, &fresh_}) {
            unused->lowest -= i < unused->lowest ? 1 : 0;
        }
        slabs_.erase(slabs_.begin() + static_cast<std::ptrdiff_t>(i));
        return true;
    }
    return false;
}

bool StackPool::trim() noexcept {
    if (trimming_.exchange(1, std::memory_order_acquire) != 0) {
        return true;  // another thread is trimming, and reports whether there is more
    }
    used_.store(false, std::memory_order_relaxed);
    bool all = cool();
    if (all) {
        cool_warmest();
    }
    std::size_t unmapped = 0;
    while (unmapped < most_unmapped && unmap_empty_slab()) {
        ++unmapped;
    }
    if (all = all && unmapped < most_unmapped; !all) {
        used_.store(true, std::memory_order_relaxed);
    }
    trimming_.store(0, std::memory_order_release);
    return all;
}

std::size_t StackPool::high_water(const std::byte* stack) const noexcept {
    std::array<unsigned char, 256> resident;
    for (std::size_t below = 0; below < usable(); below += resident.size() * page_) {
        const std::size_t length = std::min(usable() - below, resident.size() * page_);
        if (!mincore(stack + below, length, resident)) {
            return 0;
        }
        for (std::size_t page = 0; page < length / page_; ++page) {
            if ((resident[page] & 1) != 0) {
                return usable() - below - page * page_;
            }
        }
    }
    return 0;
}

// ---- mapping ------------------------------------------------------------------------------------------

/// Guards the first stack of a new slab, or, if MADV_GUARD_INSTALL does not work, all of them by mprotect.
weld::sys::Result<void> StackPool::begin_guards(std::byte* slab) noexcept {
    if (guard_ != Guard::Mprotect) {
        const auto installed = madvise(slab, page_, Advice::GuardInstall);
        // An older kernel or a seccomp filter may not know the advice, and locked memory refuses it. This pool then
        // uses mprotect from now on. ENOMEM is another error: the advice may still work.
        if (installed || guard_ == Guard::Madvise || installed.error() == Errno::Nomem) {
            return installed;
        }
        guard_ = Guard::Mprotect;
    }
    for (std::size_t i = 0; i < stacks_a_slab_; ++i) {
        if (auto guarded = mprotect(slab + i * spacing_, page_, Protection::None); !guarded) {
            return guarded;
        }
    }
    return {};
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
    // With huge pages a stack's first touch would cost 2 MiB. A kernel without huge pages refuses: no harm.
    (void)madvise(slab, length, Advice::NoHugePage);
    if (const auto guarded = begin_guards(slab); !guarded) {
        return refuse(guarded.error());
    }
    const auto added = add_slab(slab);
    return added ? added : refuse(added.error());
}

/// Adds a new slab to the list. Its stacks are fresh, or cold where all had to be guarded.
weld::sys::Result<void> StackPool::add_slab(std::byte* slab) noexcept {
    std::unique_ptr<unsigned[]> names;
    try {
        make_room(slabs_, slabs_.size() + 1);
        make_room(warm_, mapped_ + stacks_a_slab_);
        if (annotate::on_valgrind()) {
            names = std::make_unique<unsigned[]>(stacks_a_slab_);
        }
    } catch (const std::bad_alloc&) {
        return std::unexpected(Errno::Nomem);
    }
    for (std::size_t i = 0; names != nullptr && i < stacks_a_slab_; ++i) {
        names[i] = annotate::begin_stack(slab + i * spacing_ + page_, usable());
    }
    const bool are_guarded = guard_ == Guard::Mprotect;
    while (are_guarded && fresh_.count != 0) {  // the pool has just changed to mprotect: guard the older stacks
        std::byte* stack = take_lowest(fresh_);
        prepare(std::span(&stack, 1));
        put_cold(stack);
    }
    const auto place = std::ranges::upper_bound(slabs_, slab, {}, &Slab::begin);
    const auto index = static_cast<std::size_t>(place - slabs_.begin());
    const std::uint64_t all = ~std::uint64_t{0} >> (most_stacks_a_slab - stacks_a_slab_);
    slabs_.insert(place, Slab{.begin = slab, .names = std::move(names)});
    Unused& unused = are_guarded ? cold_ : fresh_;
    slabs_[index].*unused.bits = all;
    unused.count += stacks_a_slab_;
    unused.lowest = std::min(unused.lowest, index);
    mapped_ += stacks_a_slab_;
    return {};
}

}  // namespace green
