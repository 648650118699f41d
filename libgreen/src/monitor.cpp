// SPDX-License-Identifier: MIT
#include "monitor.hpp"

#include "scheduler.hpp"
#include "thread_state.hpp"

#include <weld/print.hpp>
#include <weld/sys/linux/membarrier.hpp>
#include <weld/sys/linux/prctl.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <mutex>
#include <new>
#include <span>
#include <string>
#include <utility>

namespace green {

using namespace std::chrono_literals;

namespace {

constexpr auto before_first_look = 1ms;  // many runtimes have ended by then
constexpr auto shortest_pause = 20us;    // between two looks, and twice as long each time
constexpr auto longest_pause = 1ms;
constexpr int least_share = 64;  // pauses are so many times as long as looks take, if they find nothing
constexpr auto longest_pause_of_all = 10ms;
constexpr auto before_confirmed = 50us;  // for which a clock has to stand still
constexpr auto before_running = 10ms;    // of CPU time, for a stretch to be too long
constexpr auto between_runs = 2ms;       // of CPU time, when it is too long but has to be left
constexpr auto before_believed = 10ms;   // for which a clock has to stand still where a state cannot be read
constexpr auto before_deep = 10ms;       // of quiet
constexpr std::uint64_t many_turns = 1'000;
constexpr auto between_tries = 10ms;  // to start a thread
constexpr auto between_complaints = 1min;

}  // namespace

constinit std::atomic<bool> monitor_fires_at_random{false};

weld::sys::Result<void> Monitor::start() noexcept {
    if (thread_ || scheduler_.options_.spare_carriers == 0) {
        return {};
    }
    auto thread = weld::native::Thread::spawn(&thread_main, this);
    if (!thread) {
        return std::unexpected(thread.error());
    }
    thread_.emplace(*std::move(thread));
    if (scheduler_.options_.on_stuck != nullptr) {
        asking_.emplace();
    }
    return {};
}

void Monitor::stop() noexcept {
    if (!thread_) {
        return;
    }
    stops_.store(true, std::memory_order_release);
    parker_.unpark();
    (void)std::move(*thread_).join();
    thread_.reset();
    asking_.reset();
}

void Monitor::ring_slowly() noexcept {
    if (deep_.exchange(false, std::memory_order_seq_cst)) {
        parker_.unpark();
    }
}

void* Monitor::thread_main(void* argument) {
    static_cast<Monitor*>(argument)->watch();
    return nullptr;
}

void Monitor::watch() noexcept {
    weld::native::set_current_thread_name("green-monitor");
    slack_ = weld::sys::prctl_get_timer_slack().value_or(0);
    (void)weld::sys::prctl_set_timer_slack(1);  // without it 20 us are 70
    (void)parker_.park_until(now() + before_first_look);
    auto pause = std::chrono::nanoseconds(shortest_pause);
    Instant quiet_since = now();
    while (!stops_.load(std::memory_order_acquire)) {
        now_ = now();
        Found found = look();
        if (scheduler_.options_.on_stuck != nullptr && report_all()) {
            found = std::max(found, Found::GoesOn);
        }
        if (!scheduler_.carriers_.has_spare()) {
            keep_spare();
        }
        scheduler_.carriers_.join_retired();
        if (std::exchange(refused_, false)) {
            say_limit();
        }
        const auto cpu = weld::native::now(weld::native::Clock::ThreadCpu);
        const auto least = least_share * (cpu - std::exchange(cpu_, cpu));
        const auto most = std::clamp<std::chrono::nanoseconds>(least, longest_pause, longest_pause_of_all);
        pause = found == Found::Took ? shortest_pause : std::min<std::chrono::nanoseconds>(2 * pause, most);
        if (found != Found::Quiet) {
            quiet_since = now_;
        } else if (now_ - quiet_since >= before_deep) {
            sleep_deeply();
            pause = shortest_pause;
            quiet_since = now();
            continue;
        }
        const auto wait = found == Found::Suspect ? std::min<std::chrono::nanoseconds>(pause, before_confirmed) : pause;
        (void)parker_.park_until(now_ + wait);
    }
}

// ---- a look -------------------------------------------------------------------------------------------

/// At all workers; what is to be done soonest.
Monitor::Found Monitor::look() noexcept {
    Found most = Found::Quiet;
    for (const auto& worker : scheduler_.slots()) {
        if (worker->may_be_taken() && worker->asleep.load(std::memory_order_relaxed) == Worker::awake) {
            most = std::max(most, look_at(*worker));
        }
    }
    return most;
}

Monitor::Found Monitor::look_at(Worker& worker) noexcept {
    Carrier* carrier = worker.holder.load(std::memory_order_acquire);
    if (carrier == nullptr) {
        return Found::GoesOn;
    }
    Watch& watch = carrier->watch;
    const std::uint64_t seq = carrier->seq.load(std::memory_order_acquire);
    if ((seq & 1) == 0) {
        watch.stretch = seq;
        return Found::GoesOn;
    }
    if (monitor_fires_at_random.load(std::memory_order_relaxed) &&
        (random_ = random_ * 1664525 + 1013904223) >> 31 != 0) {
        watch.stretch = seq;
        return take(*carrier);
    }
    const auto thread = carrier->thread_id.load(std::memory_order_relaxed);
    // Of a worker that switches all the time a look at the next stretch is early enough.
    const std::uint64_t turns = worker.turns.get() - std::exchange(worker.turns_seen, worker.turns.get());
    if (seq != watch.stretch) {
        const auto cpu = cpu_time_of(thread).value_or(0ns);
        watch = {.stretch = seq, .since = now_, .looked = now_, .cpu = cpu, .cpu_before = cpu};
        return turns < many_turns && anything_waits(worker) && seems_blocked(watch, thread, cpu) ? Found::Suspect
                                                                                                 : Found::GoesOn;
    }
    if (!anything_waits(worker)) {
        return now_ - watch.since >= before_deep ? Found::Quiet : Found::GoesOn;
    }
    return judge(worker, *carrier);
}

/// Whether `thread`, whose clock shows `cpu`, blocks: its clock stands still, and the kernel says so. (A thread on
/// whose processor the monitor looks does not run either.)
bool Monitor::seems_blocked(Watch& watch, weld::sys::ThreadId thread, std::chrono::nanoseconds cpu) noexcept {
    if (watch.runnable_at == cpu || cpu_time_of(thread).value_or(0ns) != cpu) {
        return false;
    }
    const auto state = state_of(thread);
    if (!state) {
        return now_ - watch.looked >= before_believed;
    }
    if (*state == 'R') {
        watch.runnable_at = cpu;  // it blocks no sooner than its clock has gone on
    }
    return *state == 'S' || *state == 'D' || *state == 't';  // t: held back by a tracer, such as strace(1)
}

/// Of a stretch of user code during which something waits.
Monitor::Found Monitor::judge(Worker& worker, Carrier& carrier) noexcept {
    Watch& watch = carrier.watch;
    watch.waits = true;
    const auto thread = carrier.thread_id.load(std::memory_order_relaxed);
    const auto cpu = cpu_time_of(thread).value_or(watch.cpu + 1ns);  // gone: not ours to judge
    if (cpu == watch.cpu) {
        if (now_ - watch.looked < before_confirmed) {
            return Found::Suspect;
        }
        return seems_blocked(watch, thread, cpu) ? take(carrier) : Found::GoesOn;
    }
    const bool ran_throughout = 2 * (cpu - watch.cpu) > now_ - watch.looked;
    watch.cpu = cpu;
    watch.looked = now_;
    if (cpu - watch.cpu_before >= before_running) {
        return take_running(worker, carrier);
    }
    return !ran_throughout && seems_blocked(watch, thread, cpu) ? Found::Suspect : Found::GoesOn;
}

/// One carrier more at most runs for a worker.
Monitor::Found Monitor::take_running(Worker& worker, Carrier& carrier) noexcept {
    const Carrier* other = worker.displaced;
    if (other != nullptr && other->seq.load(std::memory_order_relaxed) == worker.displaced_in &&
        state_of(other->thread_id.load(std::memory_order_relaxed)).value_or('R') == 'R') {
        carrier.watch.cpu_before += between_runs;
        return Found::GoesOn;
    }
    const Found found = take(carrier);
    if (found == Found::Took) {
        worker.displaced = &carrier;
        worker.displaced_in = carrier.watch.stretch;
    }
    return found;
}

Monitor::Found Monitor::take(Carrier& carrier) noexcept {
    const std::lock_guard lock(scheduler_.carriers_.mutex);
    switch (scheduler_.carriers_.hand_off(carrier, carrier.watch.stretch)) {
        case Carriers::HandOff::Done: return Found::Took;
        case Carriers::HandOff::CameIn: return Found::GoesOn;
        case Carriers::HandOff::NoSpare: break;
    }
    refused_ = !scheduler_.may_have_spare();
    return refused_ || now_ - failed_ < between_tries ? Found::GoesOn : Found::Suspect;
}

/// Whether there is something that a stuck worker does not do.
bool Monitor::anything_waits(const Worker& worker) const noexcept {
    return worker.queue.size() != 0 || worker.overflow.size() != 0 || scheduler_.injector_.size() != 0 ||
           scheduler_.carriers_.has_claims() || worker.timers.first() <= now_ ||
           worker.loop.load(std::memory_order_acquire)->awaits_anything();
}

// ---- spares -------------------------------------------------------------------------------------------

/// Sees that there is one for the next time.
void Monitor::keep_spare() noexcept {
    Carriers& carriers = scheduler_.carriers_;
    const std::lock_guard lock(carriers.mutex);
    if (carriers.has_spare() || carriers.is_starting_spare()) {
        return;
    }
    if (!scheduler_.may_have_spare()) {
        refused_ = refused_ || carriers.waiting.size() != 0;
    } else if (now_ - failed_ >= between_tries && start_spare() == nullptr) {
        failed_ = now_;
    }
}

/// With the mutex held: a spare carrier, whose thread is to be as others are.
Carrier* Monitor::start_spare() noexcept {
    (void)weld::sys::prctl_set_timer_slack(slack_);
    Carrier* started = scheduler_.carriers_.start(nullptr);
    (void)weld::sys::prctl_set_timer_slack(1);
    return started;
}

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
                oldest[count++] = carrier.lost;
            } else if (Lost& last = *std::ranges::max_element(oldest, {}, &Lost::since);
                       carrier.lost.since < last.since) {
                last = carrier.lost;
            }
        }
    }
    const auto found = std::span(oldest).first(count);
    std::ranges::sort(found, {}, &Lost::since);
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

// ---- on_stuck -----------------------------------------------------------------------------------------

/// Tells of those that are stuck for long enough. Whether there are some that may come to be.
bool Monitor::report_all() noexcept {
    Carriers& carriers = scheduler_.carriers_;
    bool any = false;
    for (std::size_t i = 0;; ++i) {
        Carrier* carrier = nullptr;
        {
            const std::lock_guard lock(carriers.mutex);
            if (i == carriers.size()) {
                return any;
            }
            carrier = &carriers[i];
        }
        const Watch& watch = carrier->watch;
        if ((watch.stretch & 1) == 0 || watch.reported || !watch.waits ||
            carrier->seq.load(std::memory_order_acquire) != watch.stretch) {
            continue;
        }
        any = true;
        if (now_ - watch.since >= scheduler_.options_.stuck_after) {
            report(*carrier);
        }
    }
}

void Monitor::report(Carrier& carrier) noexcept {
    carrier.watch.reported = true;
    const auto thread = carrier.thread_id.load(std::memory_order_relaxed);
    const StuckIn in = state_of(thread).value_or('R') == 'R' ? StuckIn::Code : StuckIn::Call;
    Lost who;
    Backtrace backtrace;
    const bool stayed = carrier.while_outside(carrier.watch.stretch, [&] {
        const Task& task = *carrier.running;
        who.set_name(task.name());
        if (in == StuckIn::Code) {
            backtrace.take_running(carrier);
        } else {
            backtrace.take_blocked(thread, Scheduler::stack_of(task) + Scheduler::stack_size_of(task));
        }
    });
    if (stayed) {
        scheduler_.options_.on_stuck({.task = who.name.data(),
                                      .duration = now() - carrier.watch.since,
                                      .in = in,
                                      .backtrace = backtrace.calls()});
    }
}

// ---- deep sleep ---------------------------------------------------------------------------------------

/// Sleeps until a worker wakes, something is queued that nobody would look at, or a stretch ends.
void Monitor::sleep_deeply() noexcept {
    deep_.store(true, std::memory_order_seq_cst);
    for (const auto& worker : scheduler_.slots()) {
        Carrier* carrier = worker->holder.load(std::memory_order_acquire);
        if (carrier != nullptr && carrier->is_outside() && worker->may_be_taken()) {
            carrier->hindrance.fetch_or(Carrier::watched, std::memory_order_relaxed);
        }
    }
    weld::sys::membarrier();                              // pairs with the compiler fence in enter
    std::atomic_thread_fence(std::memory_order_seq_cst);  // pairs with that in enter_slowly, and with who rings
    Instant until = Instant::max();
    if (scheduler_.carriers_.has_retired() || !may_sleep(until)) {
        deep_.store(false, std::memory_order_seq_cst);
    } else if (until == Instant::max()) {
        parker_.park();
    } else {
        (void)parker_.park_until(until);
    }
    deep_.store(false, std::memory_order_seq_cst);
}

/// Whether all is as quiet as it was, and until which timer.
bool Monitor::may_sleep(Instant& until) const noexcept {
    return std::ranges::all_of(scheduler_.slots(), [&](const auto& worker) {
        if (!worker->may_be_taken() || worker->asleep.load(std::memory_order_seq_cst) != Worker::awake) {
            return true;
        }
        const Carrier* carrier = worker->holder.load(std::memory_order_acquire);
        until = std::min(until, worker->timers.first());
        return carrier != nullptr && carrier->seq.load(std::memory_order_seq_cst) == carrier->watch.stretch &&
               carrier->is_outside() && !anything_waits(*worker);
    });
}

}  // namespace green
