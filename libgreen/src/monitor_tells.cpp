// SPDX-License-Identifier: MIT
//
// The monitor's reports: to `on_stuck`, and on standard error when there are no more spare carriers.
#include "monitor.hpp"

#include "line.hpp"
#include "scheduler.hpp"
#include "thread_state.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <mutex>
#include <span>

namespace green {

using namespace std::chrono_literals;

namespace {

constexpr auto between_questions = 1ms;  // about a thread not stuck for long enough, or of unknown state

}  // namespace

/// Reports that all spares are in use, and by which tasks; while others wait, or where no task is left that can run.
void Monitor::say_limit(bool nothing_waits) noexcept {
    if (said_limit_ != Instant() && now_ - said_limit_ < between_warnings) {
        return;
    }
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
    Line line;
    line.add("green: tasks that block use all ").add(scheduler_.options_.spare_carriers);
    line.add(nothing_waits
                 ? " spare carriers and all workers, so no task can run until one of them returns; the longest:"
                 : " spare carriers, so other tasks wait; the longest:");
    for (const Lost& lost : found) {
        const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(now_ - lost.since);
        line.add(&lost == found.data() ? " '" : ", '").add(lost.name.data()).add("' (");
        line.add(static_cast<std::size_t>(ms.count())).add(" ms)");
    }
    // If the line is lost because there is no room, it is repeated later.
    if (line.add(". See Runtime::spare_carriers\n").say()) {
        said_limit_ = now_;
    }
}

/// Reports the tasks that are stuck for long enough. Returns when the next one may be.
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
        // Not by addition: `stuck_after` may be for ever.
        const auto left = scheduler_.options_.stuck_after - (now_ - watch.since);
        if (left > 0ns) {
            next = std::min(next, left < Instant::max() - now_ ? now_ + left : Instant::max());
        } else if (!report(*carrier)) {
            next = std::min(next, now_ + between_questions);
        }
    }
}

/// Reports one task that is stuck. False when it only waits for a processor, or has not used one for long enough, or
/// its process was stopped.
bool Monitor::report(Carrier& carrier) noexcept {
    Watch& watch = carrier.watch;
    const auto thread = carrier.thread_id.load(std::memory_order_relaxed);
    const char state = state_of(thread).value_or('S');  // a thread that might block gets no signal
    if (state == 'T' ||
        (state == 'R' && cpu_time_of(thread).value_or(0ns) - watch.cpu_before < scheduler_.options_.stuck_after)) {
        return false;
    }
    watch.reported = true;
    Lost who;
    Backtrace backtrace;
    const bool stayed = carrier.while_outside(watch.stretch, [&] {
        if (carrier.running == nullptr) {
            who.set_name("close");  // of descriptors that a loop no longer needs, on the carrier's own stack
            return;
        }
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
