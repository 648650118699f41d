// SPDX-License-Identifier: MIT
//
// The block of a report, on standard error:
//
//     green-lint: task 'reader' calls read(5), a pipe, which blocks its carrier
//         #0 _ZN3app4loadEi+0x2c (/usr/bin/app+0x41b2c)
//
// A frame is the place of a call: the function as the dynamic linker knows it (c++filt makes it readable; a program
// that is linked with -rdynamic has them all), and the module with the address for addr2line. Frames of this
// library are left out.
//
// Environment variables choose the reports; each is set if it is neither empty nor 0. GREEN_LINT_ABORT ends the process
// at the first report, GREEN_LINT_ALL repeats earlier reports, GREEN_LINT_FILES reports files too.
#include "report.hpp"

#include "../src/lint.hpp"
#include "lint.hpp"

#include <dlfcn.h>
#include <execinfo.h>
#include <link.h>
#include <pthread.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <span>

namespace green::lint {

namespace {

// The carrier of the calling thread, and the functions to ask it: a process may hold more than one green. Preloaded, so
// every thread has room for them from the beginning.
constinit thread_local const void* carrier [[gnu::tls_model("initial-exec")]] = nullptr;
constinit thread_local const GreenLintView* view [[gnu::tls_model("initial-exec")]] = nullptr;
constinit thread_local int quiet [[gnu::tls_model("initial-exec")]] = 0;

struct Settings {
    bool abort = false;
    bool all = false;
    bool files = false;
};
constinit Settings settings;

bool is_set(const char* name) noexcept {
    const char* value = std::getenv(name);
    return value != nullptr && *value != '\0' && std::strcmp(value, "0") != 0;
}

/// Runs before `main`. backtrace() loads its unwinder at its first call, which must not happen in a task.
[[gnu::constructor]] void begin() noexcept {
    settings = {
        .abort = is_set("GREEN_LINT_ABORT"), .all = is_set("GREEN_LINT_ALL"), .files = is_set("GREEN_LINT_FILES")};
    void* frame = nullptr;
    (void)::backtrace(&frame, 1);
}

/// Standard error, through a buffer: without memory allocation and without stdio.
class Output {
public:
    void add(const char* text) noexcept {
        for (; *text != '\0'; ++text) {
            add(*text);
        }
    }
    void add(char letter) noexcept {
        if (size_ == text_.size()) {
            flush();
        }
        text_[size_++] = letter;
    }
    void add(std::uint64_t number, unsigned base) noexcept {
        if (number >= base) {
            add(number / base, base);
        }
        add("0123456789abcdef"[number % base]);
    }
    void flush() noexcept {
        static constinit Real<decltype(::write)> write("write");
        for (std::size_t done = 0; done < size_;) {
            const ::ssize_t count = write(STDERR_FILENO, text_.data() + done, size_ - done);
            if (count < 0 && errno != EINTR) {
                break;
            }
            done += count > 0 ? static_cast<std::size_t>(count) : 0;
        }
        size_ = 0;
    }

private:
    std::array<char, 4096> text_{};
    std::size_t size_ = 0;
};
constinit Output output;
constinit ::pthread_mutex_t output_mutex = PTHREAD_MUTEX_INITIALIZER;

/// Chains of calls that were reported, by a hash of their addresses. When it is full, nothing counts as new any more.
constinit std::array<std::atomic<std::uint64_t>, 4096> reported{};

bool is_new(std::span<void* const> frames) noexcept {
    std::uint64_t hash = 0xcbf29ce484222325;  // FNV-1a
    for (const void* frame : frames) {
        hash = (hash ^ reinterpret_cast<std::uintptr_t>(frame)) * 0x100000001b3;
        hash ^= hash >> 29;
    }
    hash |= 1;  // not the value of a free place
    for (std::size_t probe = 0; probe < reported.size(); ++probe) {
        auto& place = reported[(hash / 2 + probe) % reported.size()];
        std::uint64_t seen = 0;
        if (place.compare_exchange_strong(seen, hash, std::memory_order_relaxed)) {
            return true;
        }
        if (seen == hash) {
            return false;
        }
    }
    return false;
}

void add_frame(std::uint64_t number, std::uintptr_t address, const ::Dl_info& found, std::uintptr_t moved) noexcept {
    output.add("    #");
    output.add(number, 10);
    output.add(' ');
    if (found.dli_sname != nullptr) {
        output.add(found.dli_sname);
        output.add("+0x");
        output.add(address - reinterpret_cast<std::uintptr_t>(found.dli_saddr), 16);
        output.add(' ');
    }
    output.add('(');
    output.add(found.dli_fname != nullptr ? found.dli_fname : "?");
    output.add("+0x");
    output.add(address - moved, 16);
    output.add(")\n");
}

void add_frames(std::span<void* const> frames) noexcept {
    ::Dl_info own{};
    ::dladdr(reinterpret_cast<const void*>(&add_frame), &own);
    std::uint64_t number = 0;
    for (void* frame : frames) {
        const std::uintptr_t address = reinterpret_cast<std::uintptr_t>(frame) - 1;  // in the call, not behind it
        ::Dl_info found{};
        void* map = nullptr;
        // NOLINTNEXTLINE(performance-no-int-to-ptr): an address of code
        if (::dladdr1(reinterpret_cast<void*>(address), &found, &map, RTLD_DL_LINKMAP) == 0) {
            found = {};
        }
        if (found.dli_fbase != own.dli_fbase) {
            add_frame(number++, address, found, map != nullptr ? static_cast<::link_map*>(map)->l_addr : 0);
        }
    }
}

}  // namespace

void* find(const char* name) noexcept {
    if (void* found = ::dlsym(RTLD_NEXT, name)) {
        return found;
    }
    output.add("green-lint: there is no function ");
    output.add(name);
    output.add('\n');
    output.flush();
    std::abort();
}

bool reports_files() noexcept { return settings.files; }

bool is_watched() noexcept { return carrier != nullptr && quiet == 0 && view->task(carrier) != nullptr; }

void Quiet::enter() noexcept { ++quiet; }
void Quiet::leave() noexcept { --quiet; }

void report(const char* call, int descriptor, const char* kind) noexcept {
    const int error = errno;
    const Quiet itself;  // calls made here are not reported
    std::array<void*, 64> frames;
    const auto depth = static_cast<std::size_t>(::backtrace(frames.data(), static_cast<int>(frames.size())));
    const auto chain = std::span(frames).first(depth);
    if (is_new(chain) || settings.all) {
        ::pthread_mutex_lock(&output_mutex);
        output.add("green-lint: task '");
        output.add(view->task(carrier));
        output.add("' calls ");
        output.add(call);
        output.add('(');
        if (descriptor >= 0) {
            output.add(static_cast<std::uint64_t>(descriptor), 10);
            output.add("), ");
            output.add(kind);
        } else {
            output.add(')');
        }
        output.add(", which blocks its carrier\n");
        add_frames(chain);
        output.flush();
        if (settings.abort) {
            std::abort();
        }
        ::pthread_mutex_unlock(&output_mutex);
    }
    errno = error;
}

}  // namespace green::lint

void green_lint_carrier(const GreenLintView* told, const void* now) noexcept {
    using namespace green::lint;
    if (told->version == GreenLintView::current) {
        view = told;
        carrier = now;
    } else if (static constinit std::atomic<bool> said{false}; !said.exchange(true)) {
        ::pthread_mutex_lock(&output_mutex);
        output.add("green-lint: the program's green is of another version, so nothing is reported\n");
        output.flush();
        ::pthread_mutex_unlock(&output_mutex);
    }
}
