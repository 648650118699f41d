// SPDX-License-Identifier: MIT
#include <weld/native/thread.hpp>

#include "cpu_mask.hpp"

#include <weld/native/parker.hpp>
#include <weld/sys/linux/sched.hpp>
#include <weld/sys/posix/mman.hpp>
#include <weld/sys/posix/thread.hpp>
#include <weld/sys/try.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <limits>
#include <utility>

namespace weld::native {

namespace {

/// Owns a pthread_attr_t.
class Attributes {
public:
    Attributes() noexcept = default;
    Attributes(const Attributes&) = delete;
    Attributes& operator=(const Attributes&) = delete;

    ~Attributes() {
        if (made_) {
            sys::pthread_attr_destroy(attributes_);
        }
    }

    sys::Result<void> make() noexcept {
        WELD_TRY(sys::pthread_attr_init(attributes_));
        made_ = true;
        return {};
    }

    sys::Result<void> set_stack_size(std::size_t bytes) noexcept {
        stack_size_ = WELD_TRY(rounded(bytes));
        return sys::pthread_attr_setstacksize(attributes_, stack_size_);
    }

    /// Starts a thread. Doubles the stack size while the stack is too small for the thread-locals of the program, which
    /// lie on it: pthread_create then returns EINVAL, and no public function tells their size.
    sys::Result<ThreadHandle> create(Thread::Entry entry, void* argument) noexcept {
        auto created = sys::pthread_create(attributes_, entry, argument);
        while (!created && created.error() == sys::Errno::Inval && stack_size_ != 0 &&
               stack_size_ < most_thread_locals) {
            WELD_TRY(set_stack_size(stack_size_ * 2));
            created = sys::pthread_create(attributes_, entry, argument);
        }
        return created;
    }

private:
    static constexpr std::size_t most_thread_locals = std::size_t{1} << 30;

    static sys::Result<std::size_t> rounded(std::size_t bytes) noexcept {
        const std::size_t page = sys::page_size();
        const std::size_t wanted = std::max(bytes, sys::pthread_stack_min());
        if (wanted > std::numeric_limits<std::size_t>::max() - page) {
            return std::unexpected(sys::Errno::Nomem);
        }
        return (wanted + page - 1) / page * page;
    }

    sys::ThreadAttributes attributes_;
    std::size_t stack_size_ = 0;
    bool made_ = false;
};

/// The options that a new thread applies to itself before it runs its entry. The object is on the stack of the spawning
/// thread, which waits for the result.
class Beginning {
public:
    Beginning(Thread::Entry entry, void* argument, std::optional<Priority> priority) noexcept
        : entry_(entry), argument_(argument), priority_(priority) {}

    sys::Result<void> set_cpus(std::span<const std::uint32_t> cpus) noexcept {
        if (!cpus.empty()) {
            cpus_ = WELD_TRY(CpuMask::of(cpus));
        }
        return {};
    }

    /// Waits for the result of `thread`; joins it if it could not apply its options.
    sys::Result<void> await(ThreadHandle thread) noexcept {
        answered_.park();
        if (!begun_) {
            (void)sys::pthread_join(thread);
        }
        return begun_;
    }

    static void* run(void* self) noexcept(false) {
        auto& beginning = *static_cast<Beginning*>(self);
        const auto [entry, argument] = std::pair(beginning.entry_, beginning.argument_);
        const auto begun = beginning.begin();
        beginning.begun_ = begun;
        beginning.answered_.unpark();  // from here on `beginning` may dangle
        return begun ? entry(argument) : nullptr;
    }

private:
    // Not by pthread_attr_setaffinity_np(3), which copies the mask to the heap and ignores CPUs that do not exist.
    [[nodiscard]] sys::Result<void> begin() const noexcept {
        if (cpus_) {
            WELD_TRY(cpus_->apply());
        }
        if (priority_) {
            WELD_TRY(set_priority(*priority_));
        }
        return {};
    }

    Thread::Entry entry_;
    void* argument_;
    std::optional<Priority> priority_;
    std::optional<CpuMask> cpus_;
    sys::Result<void> begun_;
    Parker answered_;
};

/// Starts a thread with options.
sys::Result<ThreadHandle> create_with(const ThreadOptions& options, Thread::Entry entry, void* argument) noexcept {
    Attributes attributes;
    WELD_TRY(attributes.make());
    if (options.stack_size != 0) {
        WELD_TRY(attributes.set_stack_size(options.stack_size));
    }
    if (options.cpus.empty() && !options.priority) {
        return attributes.create(entry, argument);
    }
    Beginning beginning(entry, argument, options.priority);
    WELD_TRY(beginning.set_cpus(options.cpus));
    const ThreadHandle thread = WELD_TRY(attributes.create(&Beginning::run, &beginning));
    WELD_TRY(beginning.await(thread));
    return thread;
}

// The attributes of all threads without options: without attributes, glibc copies its defaults for each thread. They
// own nothing, so they are never destroyed.
constinit sys::ThreadAttributes plain{};

enum class Made : std::uint32_t { Not, Begun, Done };
constinit std::atomic<Made> plain_made{Made::Not};

/// Starts a thread while `plain` is not initialised, and initialises it. No thread waits for another one that has begun
/// to do that: in a child of fork the other may not exist. A separate function, so that the caller has a small frame.
[[gnu::cold, gnu::noinline]] sys::Result<ThreadHandle> create_early(Thread::Entry entry, void* argument) noexcept {
    sys::ThreadAttributes attributes{};
    WELD_TRY(sys::pthread_attr_init(attributes));
    if (Made seen = Made::Not; plain_made.compare_exchange_strong(seen, Made::Begun, std::memory_order_relaxed)) {
        plain = attributes;
        plain_made.store(Made::Done, std::memory_order_release);
    }
    return sys::pthread_create(attributes, entry, argument);
}

}  // namespace

sys::Result<ThreadHandle> Thread::create(Entry entry, void* argument) noexcept {
    if (plain_made.load(std::memory_order_acquire) != Made::Done) [[unlikely]] {
        return create_early(entry, argument);
    }
    return sys::pthread_create(plain, entry, argument);
}

sys::Result<Thread> Thread::spawn(Entry entry, void* argument, const ThreadOptions& options) noexcept {
    if (options.stack_size != 0 || !options.cpus.empty() || options.priority) {
        return Thread(WELD_TRY(create_with(options, entry, argument)));
    }
    return spawn(entry, argument);
}

sys::Result<void> Thread::join() && noexcept {
    const sys::Result<void> joined = sys::pthread_join(handle_);
    joinable_ = !joined;
    return joined;
}

bool Thread::try_join() noexcept {
    joinable_ = joinable_ && !sys::pthread_tryjoin(handle_);
    return !joinable_;
}

void Thread::detach() noexcept { (void)sys::pthread_detach(handle_); }

void set_current_thread_name(std::string_view name) noexcept {
    std::array<char, 16> text{};
    std::copy_n(name.data(), std::min(name.size(), text.size() - 1), text.data());
    (void)sys::pthread_setname(sys::pthread_self(), sys::CStr(text.data()));
}

std::uint64_t current_thread_id() noexcept { return static_cast<std::uint64_t>(sys::gettid()); }

bool is_main_thread() noexcept { return std::to_underlying(sys::gettid()) == sys::getpid(); }

void yield_now() noexcept { sys::sched_yield(); }

}  // namespace weld::native
