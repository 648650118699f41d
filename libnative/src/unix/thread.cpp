// SPDX-License-Identifier: MIT
#include <weld/native/thread.hpp>

#include <weld/sys/linux/sched.hpp>
#include <weld/sys/posix/mman.hpp>
#include <weld/sys/posix/thread.hpp>
#include <weld/sys/try.hpp>

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

namespace weld::native {

namespace {

/// pthread_attr_t with its end.
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

    sys::Result<void> make(const ThreadOptions& options) noexcept {
        WELD_TRY(sys::pthread_attr_init(attributes_));
        made_ = true;
        if (options.stack_size != 0) {
            const std::size_t bytes = WELD_TRY(rounded(options.stack_size));
            WELD_TRY(sys::pthread_attr_setstacksize(attributes_, bytes));
        }
        return {};
    }

    [[nodiscard]] const sys::ThreadAttributes& get() const noexcept { return attributes_; }

private:
    static sys::Result<std::size_t> rounded(std::size_t bytes) noexcept {
        const std::size_t page = sys::page_size();
        const std::size_t wanted = std::max(bytes, sys::pthread_stack_min());
        if (wanted > std::numeric_limits<std::size_t>::max() - page) {
            return std::unexpected(sys::Errno::Nomem);
        }
        return (wanted + page - 1) / page * page;
    }

    sys::ThreadAttributes attributes_;
    bool made_ = false;
};

}  // namespace

sys::Result<Thread> Thread::spawn(Entry entry, void* argument, const ThreadOptions& options) noexcept {
    Attributes attributes;
    WELD_TRY(attributes.make(options));
    return Thread(WELD_TRY(sys::pthread_create(attributes.get(), entry, argument)));
}

sys::Result<void> Thread::join() && noexcept {
    const auto joined = sys::pthread_join(handle_);
    joinable_ = !joined;
    return joined;
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
