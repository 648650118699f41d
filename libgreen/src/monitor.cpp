// SPDX-License-Identifier: MIT
#include "monitor.hpp"

#include "die.hpp"
#include "scheduler.hpp"
#include "thread_state.hpp"

#include <weld/sys/linux/membarrier.hpp>
#include <weld/sys/linux/prctl.hpp>
#include <weld/sys/posix/signal.hpp>

#include <algorithm>
#include <cstddef>
#include <mutex>
#include <utility>

namespace green {

using namespace std::chrono_literals;

namespace {

constexpr auto before_first_look = 1ms;                       // many runtimes have ended by then
constexpr std::chrono::nanoseconds shortest_pause = 20us;     // between two looks; doubles each time
constexpr std::chrono::nanoseconds longest_pause = 1ms;       // where tasks were long in a stretch lately
constexpr std::chrono::nanoseconds longest_busy_pause = 4ms;  // where tasks only waited for others lately
constexpr std::chrono::nanoseconds longest_calm_pause = 32ms;
constexpr auto alert_after_blocking = 10s;  // a task that has blocked may do so again
constexpr auto after_timer = 100us;         // in which a worker can run a timer that is due
constexpr int least_share = 64;             // pauses are so many times as long as the looks that find nothing
constexpr std::chrono::nanoseconds longest_costly_pause = 10ms;  // for that reason
constexpr std::chrono::nanoseconds before_confirmed = 50us;      // for which a clock has to stand still
constexpr auto before_believed = 10ms;  // for which a clock has to stand still where a state cannot be read
constexpr auto pause_after_deep = 250us;
constexpr auto pause_after_ring = 500us;  // when the monitor was calm
constexpr auto before_deep = 2ms;         // of quiet
constexpr auto between_tries = 10ms;      // to start a thread
constexpr auto between_joins = 100ms;     // for threads that were to end and have not ended

}  // namespace

constinit std::atomic<bool> monitor_fires_at_random{false};

weld::sys::Result<void> Monitor::start() noexcept {
    if (thread_ || scheduler_.options_.spare_carriers == 0) {
        return {};
    }
    auto thread = scheduler_.starter_.spawn(&thread_main, this);
    if (!thread) {
        return std::unexpected(thread.error());
    }
    thread_.emplace(*std::move(thread));
    is_there_.store(true, std::memory_order_relaxed);
    if (scheduler_.options_.on_stuck != nullptr) {
        asking_.emplace();
    }
    return {};
}

void Monitor::stop() noexcept {
    std::optional<weld::native::Thread> ending;
    {
        const std::lock_guard lock(scheduler_.carriers_.mutex);
        ending.swap(thread_);
    }
    if (!ending) {
        return;
    }
    if (thread_id_.load(std::memory_order_relaxed) == weld::native::current_thread_id()) {
        die("green: ", "a Pool", " was shut down by its own on_stuck, and would wait for ever\n");
    }
    stops_.store(true, std::memory_order_release);
    parker_.unpark();
    (void)std::move(*ending).join();
    asking_.reset();
}

void Monitor::ring_slowly() noexcept {
    if (sleep_.exchange(alert, std::memory_order_seq_cst) != alert) {
        parker_.unpark();
    }
}

void* Monitor::thread_main(void* argument) {
    static_cast<Monitor*>(argument)->watch();
    return nullptr;
}

void Monitor::watch() noexcept {
    weld::native::set_current_thread_name("green-monitor");
    thread_id_.store(weld::native::current_thread_id(), std::memory_order_relaxed);
    (void)weld::sys::pthread_sigmask_block_all();  // signals are not the monitor's to handle
    (void)weld::sys::prctl_set_timer_slack(1);     // without it a sleep of 20 us takes 70
    (void)parker_.park_until(now() + before_first_look);
    auto pause = shortest_pause;
    Instant quiet_since = now();
    while (!stops_.load(std::memory_order_acquire)) {
        now_ = now();
        const bool is_calm = 2 * pause > longest_busy_pause && now_ >= std::max(busy_until_, alert_until_);
        // Before the look: from now on, anything that starts to wait rings.
        sleep_.store(is_calm ? calm : alert, std::memory_order_seq_cst);
        const Found found = look();
        const Instant report = scheduler_.options_.on_stuck != nullptr ? report_all() : Instant::max();
        if (!scheduler_.carriers_.has_spare()) {
            keep_spare();
        }
        scheduler_.carriers_.join_retired();
        if (std::exchange(refused_, false)) {
            say_limit(false);
        }
        if (found != Found::Quiet || report < now_ + before_deep) {
            quiet_since = now_;
        } else if (now_ - quiet_since >= before_deep) {
            if (!is_anybody_left()) {
                say_limit(true);
            }
            sleep_deeply(report);
            pause = pause_after_deep;
            quiet_since = now();
            continue;
        }
        pause = found == Found::Took ? shortest_pause : std::min(2 * pause, most_pause());
        const auto wait = found == Found::Suspect ? std::min(pause, before_confirmed)
                          : found == Found::Began ? std::min(pause, longest_busy_pause)
                                                  : pause;
        (void)parker_.park_until(std::min(now_ + wait, report));
        if (is_calm && sleep_.load(std::memory_order_relaxed) == alert) {
            pause = pause_after_ring;
        }
    }
}

/// Whether a task runs, or a runnable one can run: there is a carrier for it, or one more is allowed.
bool Monitor::is_anybody_left() const noexcept {
    return scheduler_.carriers_.has_spare() || scheduler_.may_have_spare() ||
           std::ranges::any_of(scheduler_.slots(), [](const auto& worker) {
               if (worker->duty.load(std::memory_order_relaxed) == Duty::None) {
                   return false;
               }
               const Carrier* carrier = worker->holder.load(std::memory_order_acquire);
               return !worker->may_be_taken() || carrier == nullptr || !carrier->is_outside() ||
                      state_of(carrier->thread_id.load(std::memory_order_relaxed)).value_or('R') == 'R';
           });
}

/// The upper limit of the next pause.
std::chrono::nanoseconds Monitor::most_pause() noexcept {
    const auto cpu = weld::native::now(weld::native::Clock::ThreadCpu);
    const auto least = least_share * (cpu - std::exchange(cpu_, cpu));
    auto most = longest_pause;
    if (now_ >= alert_until_ && !monitor_fires_at_random.load(std::memory_order_relaxed)) {
        most = now_ < busy_until_ ? longest_busy_pause : longest_calm_pause;
        if (first_timer_ < now_ + most) {
            most = std::max(first_timer_ + after_timer - now_, longest_pause);
        }
        if (scheduler_.options_.on_stuck != nullptr) {
            most = std::clamp(scheduler_.options_.stuck_after / 2, longest_pause, most);
        }
    }
    return std::max(most, std::min(least, longest_costly_pause));
}

void Monitor::be_alert(std::chrono::nanoseconds time) noexcept { alert_until_ = std::max(alert_until_, now_ + time); }

// ---- a look -------------------------------------------------------------------------------------------

/// Looks at all workers; returns the most urgent result.
Monitor::Found Monitor::look() noexcept {
    Found most = Found::Quiet;
    first_timer_ = Instant::max();
    for (const auto& worker : scheduler_.slots()) {
        if (!worker->may_be_taken()) {
            continue;
        }
        const std::uint64_t tasks = worker->turns.get() - worker->vain_turns.get();
        const std::uint64_t sleeps = worker->parks.get();
        const std::uint64_t ran = tasks - std::exchange(worker->tasks_seen, tasks);
        const std::uint64_t slept = sleeps - std::exchange(worker->sleeps_seen, sleeps);
        // Signed: the counters are not read together.
        if (static_cast<std::int64_t>(2 * ran - 3 * slept) > 0) {
            busy_until_ = now_ + recent;  // one task waited for another
        }
        end_long_budget(*worker, ran);
        first_timer_ = std::min(first_timer_, worker->timers.first());
        if (worker->asleep.load(std::memory_order_relaxed) == Worker::awake) {
            most = std::max(most, look_at(*worker));
        } else if (slept != 0) {
            most = std::max(most, Found::GoesOn);  // the worker sleeps now, and was awake in between
        }
    }
    return most;
}

/// Looks at one worker that is awake.
Monitor::Found Monitor::look_at(const Worker& worker) noexcept {
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
    if (monitor_fires_at_random.load(std::memory_order_relaxed)) [[unlikely]] {
        random_ = random_ * 1664525 + 1013904223;
        if (random_ >> 31 != 0) {
            watch.stretch = seq;
            return take(*carrier);
        }
    }
    if (seq != watch.stretch) {
        // A thread that ran for most of the time since the previous look cannot have blocked for long.
        const auto cpu = cpu_time_of(carrier->thread_id.load(std::memory_order_relaxed)).value_or(0ns);
        const bool ran = 2 * (cpu - watch.cpu) > now_ - watch.looked;
        watch = {.stretch = seq, .since = now_, .looked = now_, .cpu = cpu, .cpu_before = cpu};
        return !ran && anything_waits(worker) && seems_blocked(*carrier, cpu) ? Found::Suspect : Found::Began;
    }
    if (!anything_waits(worker)) {
        return now_ - watch.since >= before_deep ? Found::Quiet : Found::GoesOn;
    }
    return judge(worker, *carrier);
}

/// Whether the thread of `carrier`, whose clock shows `cpu`, blocks: the clock stands still, and the kernel reports the
/// state. (A thread whose processor the monitor uses for its look does not run either.)
bool Monitor::seems_blocked(Carrier& carrier, std::chrono::nanoseconds cpu) noexcept {
    Watch& watch = carrier.watch;
    const auto thread = carrier.thread_id.load(std::memory_order_relaxed);
    if (watch.known_at == cpu && watch.known_runnable) {
        return false;  // it cannot block before its clock has advanced
    }
    if (cpu_time_of(thread).value_or(0ns) != cpu) {
        return false;
    }
    const auto state = state_of(thread);
    if (!state) {
        return now_ - watch.looked >= before_believed;
    }
    watch.known_at = cpu;
    watch.known_runnable = *state == 'R';
    return *state == 'S' || *state == 'D' || *state == 't';  // t: held back by a tracer, such as strace(1)
}

/// Judges a stretch of user code during which something waits.
Monitor::Found Monitor::judge(const Worker& worker, Carrier& carrier) noexcept {
    Watch& watch = carrier.watch;
    watch.waits = true;
    be_alert(recent);
    if (now_ < limit_until_ && !scheduler_.carriers_.has_spare()) {
        return Found::GoesOn;
    }
    const auto thread = carrier.thread_id.load(std::memory_order_relaxed);
    const auto cpu = cpu_time_of(thread).value_or(watch.cpu + 1ns);  // the thread is gone: nothing to judge
    if (cpu == watch.cpu) {
        if (now_ - watch.looked < before_confirmed) {
            return Found::Suspect;
        }
        return seems_blocked(carrier, cpu) ? take(carrier) : Found::GoesOn;
    }
    const bool ran_throughout = 2 * (cpu - watch.cpu) > now_ - watch.looked;
    watch.cpu = cpu;
    watch.looked = now_;
    if (has_run_too_long(worker, watch)) {
        return take(carrier);
    }
    return !ran_throughout && seems_blocked(carrier, cpu) ? Found::Suspect : Found::GoesOn;
}

Monitor::Found Monitor::take(Carrier& carrier) noexcept {
    Carriers& carriers = scheduler_.carriers_;
    const std::lock_guard lock(carriers.mutex);
    switch (carriers.hand_off(carrier, carrier.watch.stretch)) {
        case Carriers::HandOff::Done: be_alert(alert_after_blocking); return Found::Took;
        case Carriers::HandOff::CameIn: return Found::GoesOn;
        case Carriers::HandOff::NoSpare: break;
    }
    refused_ = carriers.coming_spares() == 0 && !scheduler_.may_have_spare();
    if (refused_) {
        limit_until_ = now_ + between_tries;
    }
    return refused_ || has_failed() ? Found::GoesOn : Found::Suspect;
}

// ---- spares -------------------------------------------------------------------------------------------

/// Makes sure that there is a spare for the next hand-off, and one for each task that waits for one.
void Monitor::keep_spare() noexcept {
    Carriers& carriers = scheduler_.carriers_;
    TaskList refused;
    {
        const std::lock_guard lock(carriers.mutex);
        while (carriers.coming_spares() <= carriers.waiting.size()) {
            if (!scheduler_.may_have_spare()) {
                refused_ = refused_ || (carriers.coming_spares() == 0 && carriers.waiting.size() != 0);
                return;
            }
            bool failed = now_ - failed_ < between_tries;
            if (!failed && !carriers.start_spare()) {
                failed = true;
                failed_ = now_;
            }
            has_failed_.store(failed, std::memory_order_relaxed);
            if (failed) {
                std::swap(refused, carriers.waiting);  // they continue without a hand-off
                break;
            }
        }
    }
    while (Task* task = refused.pop()) {
        scheduler_.schedule(*task);
    }
}

// ---- deep sleep ---------------------------------------------------------------------------------------

/// Sleeps until a worker wakes, a task is queued at which no worker would look, or a stretch ends; at most until
/// `until`.
void Monitor::sleep_deeply(Instant until) noexcept {
    sleep_.store(deep, std::memory_order_seq_cst);
    for (const auto& worker : scheduler_.slots()) {
        Carrier* carrier = worker->holder.load(std::memory_order_acquire);
        if (carrier != nullptr && carrier->is_outside() && worker->may_be_taken()) {
            carrier->hindrance.fetch_or(Carrier::watched, std::memory_order_relaxed);
        }
    }
    weld::sys::membarrier();                              // pairs with the compiler fence in enter
    std::atomic_thread_fence(std::memory_order_seq_cst);  // pairs with those in enter_slowly and before a ring
    if (scheduler_.carriers_.has_retired()) {
        until = std::min(until, now_ + between_joins);
    }
    if (!may_sleep(until)) {
        // The monitor continues to look.
    } else if (until == Instant::max()) {
        parker_.park();
    } else {
        (void)parker_.park_until(until);
    }
    sleep_.store(alert, std::memory_order_seq_cst);
}

/// Whether everything is still quiet; lowers `until` to the first timer.
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
