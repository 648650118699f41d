// SPDX-License-Identifier: MIT
//
// touch: every module of weld is used at least once, behind a C interface.
#include "touch.h"

#include <weld/fs.hpp>
#include <weld/os/unix.hpp>
#include <weld/print.hpp>
#include <weld/thread.hpp>
#include <weld/time.hpp>

#include <atomic>
#include <chrono>
#include <optional>
#include <string>
#include <utility>

#define NEED(condition)      \
    do {                     \
        if (!(condition)) {  \
            return __LINE__; \
        }                    \
    } while (false)

namespace fs = weld::fs;
namespace thread = weld::thread;
using namespace std::chrono_literals;

namespace {

std::optional<thread::Thread> foreign;

}  // namespace

int touch_fs(const char* directory) {
    const std::string folder = std::string(directory) + "/folder";
    NEED(fs::create_dir(folder));
    NEED(fs::write(folder + "/file", "text"));
    const auto text = fs::read_to_string(folder + "/file");
    NEED(text && *text == "text");
    {
        const auto file = fs::File::open(folder + "/file", {.read = true, .write = true});
        NEED(file && weld::os::fd(*file) >= 0);
        NEED(file->set_len(2) && file->sync_data() && file->metadata()->len() == 2);
        NEED(file->seek(fs::SeekFrom::End, 0).value_or(0) == 2);
    }
    NEED(fs::metadata(folder)->is_dir() && fs::symlink_metadata(folder)->is_dir());
    NEED(fs::metadata("/nowhere").error().message() == "metadata: No such file or directory (ENOENT)");
    NEED(static_cast<std::error_code>(weld::Error("x", weld::Fault::TimedOut)).message() != "");
    NEED(fs::rename(folder + "/file", folder + "/other") && fs::remove_file(folder + "/other"));
    NEED(fs::remove_dir(folder));
    return 0;
}

int touch_walk(const char* directory) {
    auto entries = fs::read_dir(directory);
    NEED(entries);
    for (const auto& entry : *entries) {
        NEED(entry && entry->metadata());
    }
    auto walk = fs::walk(directory);
    NEED(walk);
    for (const auto& item : *walk) {
        NEED(item && item->metadata() && !walk->path().empty());
    }
    return 0;
}

int touch_thread() {
    auto spawned = thread::spawn([] { return thread::current().name() == "worker"; }, {.name = "worker"});
    NEED(spawned && std::move(*spawned).join());
    std::atomic<int> count = 0;
    thread::scope([&](thread::Scope& scope) {
        for (int i = 0; i < 4; ++i) {
            if (!scope.spawn([&] { ++count; })) {
                return;
            }
        }
    });
    NEED(count == 4);
    NEED(!thread::park_for(1ms).value_or(true));
    NEED(thread::available_parallelism() > 0);
    thread::yield_now();
    return 0;
}

int touch_time() {
    NEED(thread::sleep(1ms));
    NEED(weld::time::BootClock::now() > weld::time::BootClock::time_point());
    NEED(weld::time::ProcessCpuClock::now() > weld::time::ProcessCpuClock::time_point());
    NEED(weld::time::deadline_after(1h) > weld::time::deadline_after(0s));
    return 0;
}

int touch_print() {
    NEED(weld::print("through print, "));
    NEED(weld::eprint(""));
    return 0;
}

int touch_foreign(int* waiting) {
    foreign = thread::current();
    __atomic_store_n(waiting, 1, __ATOMIC_RELEASE);
    thread::park();
    return 0;
}

void touch_wake() {
    foreign->unpark();
    foreign.reset();
}
