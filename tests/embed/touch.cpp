// SPDX-License-Identifier: MIT
//
// touch: every module of weld is used at least once, behind a C interface.
#include "touch.h"

#include <weld/fs.hpp>
#include <weld/io.hpp>
#include <weld/net.hpp>
#include <weld/os/linux.hpp>
#include <weld/os/unix.hpp>
#include <weld/print.hpp>
#include <weld/process.hpp>
#include <weld/thread.hpp>
#include <weld/time.hpp>

#include <array>
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

// The host lets SIGPIPE end it, as any C program does: a peer that is gone must be an error value.
int touch_net() {
    using weld::net::SocketAddr;
    const auto address = SocketAddr::parse("127.0.0.1:0");
    NEED(address && address->to_string() == "127.0.0.1:0");
    const auto listener = weld::net::TcpListener::bind(*address);
    NEED(listener);
    const auto client = weld::net::TcpStream::connect_timeout(listener->local_addr().value_or(*address), 10s);
    NEED(client);
    auto accepted = listener->accept();
    NEED(accepted && accepted->peer == client->local_addr().value_or(*address));
    const std::array<std::byte, 1> byte{};
    NEED(accepted->stream.set_nodelay(true) && accepted->stream.set_read_timeout(1ms));
    std::array<std::byte, 1> buffer{};
    NEED(accepted->stream.read(buffer).error() == weld::Kind::TimedOut);
    NEED(weld::write_all(*client, byte) && weld::read_exact(accepted->stream, buffer));
    NEED(std::move(accepted->stream).close() && client->shutdown(weld::net::Shutdown::Write));
    NEED(weld::write_all(*client, byte).error().kind() == weld::Kind::BrokenPipe);
    return 0;
}

int touch_print() {
    NEED(weld::print("through print, "));
    NEED(weld::eprint(""));
    return 0;
}

int touch_process() {
    namespace process = weld::process;
    process::Command shell("sh");
    shell.arg("-c").arg("cat; echo err >&2").env("TOUCHED", "1").env_remove("HOME").current_dir("/");
    const auto output = shell.output();
    NEED(output && output->status.success() && output->out.empty() && output->err == "err\n");
    process::Command cat("cat");
    cat.in(process::Stdio::piped()).out(process::Stdio::null());
    weld::os::close_other_fds(weld::os::setsid(weld::os::death_signal(cat, 9)));
    auto child = cat.spawn();
    NEED(child && child->id() != process::id() && !child->try_wait()->has_value());
    const auto ended = child->wait_for(10s);  // its input is closed
    NEED(ended && ended->has_value() && child->stop() && child->kill());
    weld::os::pre_exec(cat, [](void*) -> weld::sys::Result<void> { return {}; }, nullptr);
    NEED(cat.status());
    NEED(process::Command("/nowhere").spawn().error().kind() == weld::Kind::NotFound);
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
