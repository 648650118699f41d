// SPDX-License-Identifier: MIT
#include "carriers.hpp"

#include "scheduler.hpp"
#include "thread_state.hpp"

#include <weld/native/thread.hpp>

#include <mutex>
#include <new>
#include <utility>

namespace green {

namespace {

/// Joins the thread, if there is one, which has nothing more to do.
void join(Carrier& carrier) noexcept {
    if (carrier.thread) {
        (void)std::move(*carrier.thread).join();
        carrier.thread.reset();
    }
}

}  // namespace

Carriers::HandOff Carriers::hand_off(Carrier& carrier, std::uint64_t stretch) noexcept {
    if (spares_ == nullptr) {
        return HandOff::NoSpare;
    }
    Worker* taken = nullptr;
    (void)carrier.while_outside(stretch, [&] {
        if (carrier.worker != nullptr && carrier.worker->may_be_taken()) {
            taken = take_worker(carrier);
        }
    });
    if (taken == nullptr) {
        return HandOff::CameIn;
    }
    give(*take_spare(true), *taken);
    return HandOff::Done;
}

Worker* Carriers::take_worker(Carrier& carrier) noexcept {
    // Without a task the carrier closes descriptors that a loop no longer needs.
    carrier.lost.set_name(carrier.running != nullptr ? carrier.running->name() : "close");
    carrier.lost.since = now();
    handoffs_.fetch_add(1, std::memory_order_relaxed);
    return std::exchange(carrier.worker, nullptr);
}

bool Carriers::start_spare() noexcept {
    Carrier* made = make(nullptr);
    if (made == nullptr || !start_thread(*made)) {
        return false;
    }
    made->is_new = true;
    ++starting_;
    return true;
}

Carrier* Carriers::make(Worker* worker) noexcept {
    Carrier* carrier = free_;
    if (carrier != nullptr) {
        free_ = carrier->next_spare;
    } else {
        try {
            records_.reserve(records_.size() + 1);
            records_.push_back(std::make_unique<Carrier>());
        } catch (const std::bad_alloc&) {
            return nullptr;
        }
        carrier = records_.back().get();
        if (first_ == nullptr) {
            first_ = carrier;
        }
        carrier->scheduler = &scheduler_;
        carrier->switches_float_control = switches_float_control_;
    }
    if (worker != nullptr) {
        set_worker(*carrier, *worker);
    }
    count_.fetch_add(1, std::memory_order_relaxed);
    return carrier;
}

weld::sys::Result<void> Carriers::start_thread(Carrier& carrier) noexcept {
    auto thread = scheduler_.starter_.spawn(&Scheduler::carrier_main, &carrier);
    if (!thread) {
        {
            const std::lock_guard lock(carrier.mutex);
            carrier.worker = nullptr;
        }
        carrier.pinned = 0;
        carrier.next_spare = std::exchange(free_, &carrier);
        count_.fetch_sub(1, std::memory_order_relaxed);
        return std::unexpected(thread.error());
    }
    carrier.thread.emplace(*std::move(thread));
    return {};
}

void Carriers::set_worker(Carrier& carrier, Worker& worker) noexcept {
    worker.is_plain.store(false, std::memory_order_relaxed);  // tasks may be pinned to this carrier
    worker.end_budget();                                      // work that waited for the last carrier comes first
    {
        const std::lock_guard lock(carrier.mutex);
        carrier.worker = &worker;
    }
    worker.holder.store(&carrier, std::memory_order_release);
}

void Carriers::give(Carrier& spare, Worker& worker) noexcept {
    set_worker(spare, worker);
    spare.spare.unpark();
}

/// The link in the list that points to `spare`, or the list's last link.
Carrier** Carriers::find(const Carrier& spare) noexcept {
    Carrier** place = &spares_;
    while (*place != nullptr && *place != &spare) {
        place = &(*place)->next_spare;
    }
    return place;
}

Carrier* Carriers::take(Carrier** place) noexcept {
    Carrier* spare = *place;
    if (spare != nullptr) {
        *place = spare->next_spare;
        spare_count_.fetch_sub(1, std::memory_order_relaxed);
        if (std::exchange(spare->claims, false)) {
            claims_.fetch_sub(1, std::memory_order_relaxed);
        }
    }
    return spare;
}

Carrier* Carriers::take_spare(bool any) noexcept {
    Carrier** place = &spares_;
    while (*place != nullptr && !any && (*place)->pinned != 0) {
        place = &(*place)->next_spare;
    }
    return take(place);
}

Carrier* Carriers::take_claimant() noexcept {
    Carrier** oldest = nullptr;
    for (Carrier** place = &spares_; *place != nullptr; place = &(*place)->next_spare) {
        oldest = (*place)->claims ? place : oldest;
    }
    return oldest != nullptr ? take(oldest) : nullptr;
}

Task* Carriers::add_spare(Carrier& carrier) noexcept {
    carrier.next_spare = spares_;
    spares_ = &carrier;
    spare_count_.fetch_add(1, std::memory_order_relaxed);
    starting_ -= std::exchange(carrier.is_new, false) ? 1U : 0U;
    return waiting.pop();
}

bool Carriers::claim(Carrier& carrier) noexcept {
    if (*find(carrier) == nullptr || std::exchange(carrier.claims, true)) {
        return false;  // a worker is on its way
    }
    claims_.fetch_add(1, std::memory_order_seq_cst);
    return true;
}

void Carriers::wake_claimants() noexcept {
    for (Carrier* spare = spares_; spare != nullptr; spare = spare->next_spare) {
        if (spare->claims) {
            spare->spare.unpark();
        }
    }
}

bool Carriers::leave(const Carrier& carrier) noexcept { return take(find(carrier)) != nullptr; }

bool Carriers::retire(Carrier& carrier) noexcept {
    Carrier** place = find(carrier);
    const bool is_last = spares_ == &carrier && carrier.next_spare == nullptr;
    if (*place == nullptr || is_last || carrier.pinned != 0 || !carrier.thread) {
        return false;
    }
    (void)take(place);
    carrier.next_spare = std::exchange(retired_, &carrier);
    has_retired_.store(true, std::memory_order_seq_cst);
    count_.fetch_sub(1, std::memory_order_relaxed);
    return true;
}

void Carriers::join_retired() noexcept {
    if (!has_retired_.load(std::memory_order_relaxed)) [[likely]] {
        return;
    }
    Carrier* ending = nullptr;
    {
        const std::lock_guard lock(mutex);
        ending = std::exchange(retired_, nullptr);
        has_retired_.store(false, std::memory_order_relaxed);
    }
    while (ending != nullptr) {
        Carrier* next = ending->next_spare;
        const bool has_ended = !cpu_time_of(ending->thread_id.load(std::memory_order_relaxed));
        if (has_ended) {
            join(*ending);
            // The monitor, which calls this, has measured the old thread; the measurements do not apply to the next
            // one.
            ending->watch = {};
            ending->is_deaf = false;
        }
        const std::lock_guard lock(mutex);
        Carrier*& list = has_ended ? free_ : retired_;
        ending->next_spare = std::exchange(list, ending);
        has_retired_.store(retired_ != nullptr, std::memory_order_relaxed);
        ending = next;
    }
}

void Carriers::join_all() noexcept {
    for (const auto& carrier : records_) {
        join(*carrier);
    }
}

}  // namespace green
