// SPDX-License-Identifier: MIT
//
// What the monitor says: to `on_stuck`, and when there are no more spare carriers.
#include "monitor.hpp"

#include "scheduler.hpp"
#include "thread_state.hpp"

#include <weld/print.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <mutex>
#include <new>
#include <span>
#include <string>

namespace green {

using namespace std::chrono_literals;

namespace {

constexpr auto between_complaints = 1min;
constexpr auto between_questions = 1ms;  // about a thread that is not stuck for long enough, or not in a known state

}  // namespace

/// Says that all spares are in use, and by whom.
void Monitor::say_limit() noexcept {
    if (said_limit_ != Instant() && now_ - said_limit_ < between_complaints) {
        return;
    }
    said_limit_ = now_;
    constexpr std::size_t most = 3;
    std::array<Lost, most> oldest;
    std::size_t count = 0;
    {
        const Carriers& carriers = scheduler_.carriers_;
        const std::lock_guard lock(carriers.mutex);
        for (std::size_t i = 0; i < carriers.size(); ++i) {
            Carrier& carrier = carriers[i];
            const std::lock_guard own(carrier.mutex);
            if (carrier.worker != nullptr || !carrier.is_outside()) {
                continue;
            }
            if (count < most) {
                ++count;
            } else if (carrier.lost.since >= oldest.back().since) {
                continue;
            }
            std::size_t place = count - 1;
            for (; place != 0 && carrier.lost.since < oldest[place - 1].since; --place) {
                oldest[place] = oldest[place - 1];
            }
            oldest[place] = carrier.lost;
        }
    }
    const auto found = std::span(oldest).first(count);
    try {
        std::string text = "green: tasks that block have all " + std::to_string(scheduler_.options_.spare_carriers) +
                           " spare carriers, and others wait; for longest";
        for (const Lost& lost : found) {
            const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(now_ - lost.since);
            text += std::string(&lost == found.data() ? " '" : ", '") + lost.name.data() + "' (" +
                    std::to_string(ms.count()) + " ms)";
        }
        (void)weld::eprint(text + ". See Runtime::spare_carriers\n");
    } catch (const std::bad_alloc&) {
        (void)weld::eprint("green: tasks that block have all spare carriers, and others wait\n");
    }
}

/// Tells of those that are stuck for long enough. When the next one may be.
Instant Monitor::report_all() noexcept {
    Carriers& carriers = scheduler_.carriers_;
    Instant next = Instant::max();
    for (std::size_t i = 0;; ++i) {
        Carrier* carrier = nullptr;
        {
            const std::lock_guard lock(carriers.mutex);
            if (i == carriers.size()) {
                return next;
            }
            carrier = &carriers[i];
        }
        const Watch& watch = carrier->watch;
        if ((watch.stretch & 1) == 0 || watch.reported || !watch.waits ||
            carrier->seq.load(std::memory_order_acquire) != watch.stretch) {
            continue;
        }
        // Not by addition: it may be for ever.
        const auto left = scheduler_.options_.stuck_after - (now_ - watch.since);
        if (left > 0ns) {
            next = std::min(next, left < Instant::max() - now_ ? now_ + left : Instant::max());
        } else if (!report(*carrier)) {
            next = std::min(next, now_ + between_questions);
        }
    }
}

/// Tells of one that is stuck. False when it only waits for a processor, or has not used one for long enough, or its
/// process was stopped.
bool Monitor::report(Carrier& carrier) noexcept {
    Watch& watch = carrier.watch;
    const auto thread = carrier.thread_id.load(std::memory_order_relaxed);
    const char state = state_of(thread).value_or('S');  // who might block is not sent a signal
    if (state == 'T' ||
        (state == 'R' && cpu_time_of(thread).value_or(0ns) - watch.cpu_before < scheduler_.options_.stuck_after)) {
        return false;
    }
    watch.reported = true;
    Lost who;
    Backtrace backtrace;
    const bool stayed = carrier.while_outside(watch.stretch, [&] {
        const Task& task = *carrier.running;
        who.set_name(task.name());
        if (state == 'R') {
            backtrace.take_running(carrier);
        } else {
            backtrace.take_blocked(thread, {Scheduler::stack_of(task), Scheduler::stack_size_of(task)});
        }
    });
    if (stayed) {
        scheduler_.options_.on_stuck({.task = who.name.data(),
                                      .duration = now() - watch.since,
                                      .in = state == 'R' ? StuckIn::Code : StuckIn::Call,
                                      .backtrace = backtrace.calls()});
    }
    return true;
}

}  // namespace green
