// SPDX-License-Identifier: MIT
//
// embedded: uses each module of weld, and leaves nothing behind.
//
// A module is a row of the table at the end. Nothing outlives a call: no thread, no file descriptor, no object with a
// destructor.
#include "embedded.h"

#include <weld/env.hpp>
#include <weld/fs.hpp>
#include <weld/io.hpp>
#include <weld/io/buf_reader.hpp>
#include <weld/io/buf_writer.hpp>
#include <weld/io/copy.hpp>
#include <weld/io/cursor.hpp>
#include <weld/io/lines.hpp>
#include <weld/io/pipe.hpp>
#include <weld/io/stdio.hpp>
#include <weld/native/mutex.hpp>
#include <weld/net.hpp>
#include <weld/os/linux.hpp>
#include <weld/os/unix.hpp>
#include <weld/os/unix/process.hpp>
#include <weld/print.hpp>
#include <weld/process.hpp>
#include <weld/sync.hpp>
#include <weld/thread.hpp>
#include <weld/time.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

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

int use_files(const char* directory) {
    auto folder = fs::TempDir::create(directory);
    NEED(folder);
    const std::string path = folder->path() + "/file";
    NEED(fs::write(path, "text") && fs::append(path, ", and more"));
    NEED(fs::read_to_string(path).value_or("") == "text, and more");
    {
        const auto file = fs::File::open(path, {.read = true, .write = true});
        NEED(file && weld::os::fd(*file) >= 0 && file->try_lock().value_or(false));
        NEED(file->set_len(2) && file->sync_data() && file->metadata()->len() == 2);
        NEED(file->seek(fs::SeekFrom::End, 0) == 2U && file->unlock());
    }
    NEED(fs::write_atomic(path, "whole") && fs::copy(path, path + "2") == 5U);
    const auto dir = fs::Dir::open(folder->path());
    NEED(dir && dir->read_to_string("file2").value_or("") == "whole");
    NEED(fs::metadata(folder->path())->is_dir() && fs::symlink_metadata(path)->is_file());
    NEED(fs::rename(path + "2", path + "3") && fs::remove_file(path + "3"));
    NEED(fs::create_dir_all(folder->path() + "/a/b") && fs::remove_dir_all(folder->path() + "/a"));
    NEED(std::move(*folder).close());
    return 0;
}

int use_walk(const char* directory) {
    const auto folder = fs::TempDir::create(directory);
    NEED(folder && fs::create_dir_all(folder->path() + "/a/b") && fs::write(folder->path() + "/a/file", "text"));
    auto entries = fs::read_dir(folder->path());
    NEED(entries);
    int found = 0;
    for (const auto& entry : *entries) {
        NEED(entry && entry->metadata() && entry->name() == "a");
        ++found;
    }
    NEED(found == 1);
    auto walk = fs::walk(folder->path());
    NEED(walk);
    for (const auto& item : *walk) {
        NEED(item && item->metadata() && !walk->path().empty());
        ++found;
    }
    NEED(found == 5);
    return 0;
}

int use_errors(const char*) {
    const auto nowhere = fs::metadata("/nowhere");
    NEED(!nowhere && nowhere.error() == std::errc::no_such_file_or_directory);
    NEED(nowhere.error().at("/nowhere").message() == "metadata /nowhere: No such file or directory (ENOENT)");
    NEED(static_cast<std::error_code>(weld::Error("x", weld::Fault::TimedOut)).message().size() > 1);
    return 0;
}

// SIGPIPE has its default disposition in the host, as in any C program: a closed peer must be an error value.
int use_net(const char*) {
    using weld::net::SocketAddr;
    const auto address = SocketAddr::parse("127.0.0.1:0");
    NEED(address && address->to_string() == "127.0.0.1:0");
    const auto listener = weld::net::TcpListener::bind(*address);
    NEED(listener);
    const auto client = weld::net::TcpStream::connect_timeout(listener->local_addr().value_or(*address), 10s);
    NEED(client);
    auto accepted = listener->accept();
    NEED(accepted && accepted->peer == client->local_addr().value_or(*address));
    NEED(accepted->stream.set_nodelay(true) && accepted->stream.set_read_timeout(1ms));
    std::array<std::byte, 4> buffer{};
    NEED(accepted->stream.read(buffer).error() == weld::Kind::TimedOut);
    NEED(accepted->stream.set_read_timeout(10s) && client->set_read_timeout(10s));
    NEED(weld::write_all(*client, "ping") && weld::read_exact(accepted->stream, buffer));
    NEED(weld::write_all(accepted->stream, buffer) && weld::read_exact(*client, buffer));
    NEED(buffer[3] == std::byte{'g'});
    NEED(std::move(accepted->stream).close() && client->shutdown(weld::net::Shutdown::Write));
    NEED(weld::write_all(*client, buffer).error().kind() == weld::Kind::BrokenPipe);
    return 0;
}

int use_threads(const char*) {
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
    NEED(thread::available_parallelism() > 0);
    thread::yield_now();
    return 0;
}

int use_time(const char*) {
    NEED(thread::sleep(1ms));
    NEED(weld::time::BootClock::now() > weld::time::BootClock::time_point());
    NEED(weld::time::ProcessCpuClock::now() > weld::time::ProcessCpuClock::time_point());
    NEED(weld::time::deadline_after(1h) > weld::time::deadline_after(0s));
    return 0;
}

int use_streams(const char*) {
    auto pipe = weld::io::pipe();
    NEED(pipe);
    {
        weld::io::BufWriter writer{std::move(pipe->writer)};
        NEED(weld::io::copy(weld::io::Cursor<std::string>("one\ntwo\n"), writer) == 8U);
        NEED(std::move(writer).close());
    }
    weld::io::BufReader reader{std::move(pipe->reader)};
    std::string heard;
    for (const auto& line : weld::io::lines(reader)) {
        NEED(line);
        heard += *line;
    }
    NEED(heard == "onetwo");
    NEED(weld::print("") && weld::eprint("") && weld::io::Stdout().flush());
    return 0;
}

int use_locks(const char*) {
    weld::sync::Mutex<int> number;
    weld::sync::Condvar changed;
    weld::sync::RwLock<int> shared(1);
    weld::sync::OnceLock<int> once;
    auto [sender, receiver] = weld::sync::mpsc::sync_channel<int>(1);
    auto [single, last] = weld::sync::oneshot::channel<int>();
    auto other = thread::spawn([&, to = std::move(sender), answer = std::move(single)]() mutable {
        for (int message = 0; message < 100; ++message) {
            (void)to.send(message);
        }
        (void)std::move(answer).send(*shared.read() + once.get_or_init([] { return 2; }));
        auto guard = number.lock();
        *guard = 7;
        changed.notify_one(guard);
    });
    NEED(other);
    int sum = 0;
    for (const int message : receiver) {
        sum += message;
    }
    NEED(sum == 4950 && last.recv() == 3);
    auto guard = number.lock();
    changed.wait_while(guard, [](int& value) { return value != 7; });
    guard.unlock();
    std::move(*other).join();
    return 0;
}

int use_processes(const char*) {
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
    NEED(ended.has_value() && ended->has_value() && child->stop() && child->kill());
    weld::os::pre_exec(cat, [](void*) -> weld::sys::Result<void> { return {}; }, nullptr);
    NEED(cat.in(process::Stdio::null()).status());
    NEED(process::Command("/nowhere").spawn().error().kind() == weld::Kind::NotFound);
    return 0;
}

/// The text of what `body` throws; empty when it throws nothing, or no std::runtime_error.
template <class Body>
std::string thrown_by(Body body) {
    try {
        body();
    } catch (const std::runtime_error& error) {
        return error.what();
    }
    return "";
}

int use_exceptions(const char*) {
    NEED(thrown_by([] { throw std::runtime_error("here"); }) == "here");
    NEED(thrown_by([] {
             auto spawned = thread::spawn([]() -> int { throw std::runtime_error("in a thread"); });
             if (spawned) {
                 (void)std::move(*spawned).join();
             }
         }) == "in a thread");
    NEED(thrown_by([] {
             thread::scope([](thread::Scope& scope) {
                 if (scope.spawn([] { thread::yield_now(); })) {
                     throw std::runtime_error("in a scope");
                 }
             });
         }) == "in a scope");
    return 0;
}

int use_environment(const char*) {
    const auto path = weld::env::var("PATH");
    NEED(path && !weld::env::split_paths(*path).empty() && !weld::env::vars().empty());
    NEED(weld::env::args() && weld::env::current_dir() && weld::env::current_exe() && weld::env::hostname());
    NEED(!weld::env::temp_dir().empty());
    return 0;
}

int use_park(const char*) {
    auto sleeper = thread::spawn([] { thread::park(); });
    NEED(sleeper);
    sleeper->thread().unpark();
    std::move(*sleeper).join();
    auto waker = thread::spawn([self = thread::current()] { self.unpark(); });
    NEED(waker);
    thread::park();
    std::move(*waker).join();
    NEED(!thread::park_for(1ms).value_or(true));
    return 0;
}

constexpr struct {
    const char* name;
    int (*use)(const char* directory);
} modules[] = {
    {"files", use_files},
    {"walk", use_walk},
    {"errors", use_errors},
    {"net", use_net},
    {"threads", use_threads},
    {"time", use_time},
    {"streams", use_streams},
    {"locks", use_locks},
    {"processes", use_processes},
    {"exceptions", use_exceptions},
    {"environment", use_environment},
    {"park", use_park},
};

/// Lets no exception cross into C.
template <class Body>
int guarded(Body body) noexcept {
    try {
        return body();
    } catch (...) {
        return -1;
    }
}

constinit std::atomic<const thread::Thread*> waiter = nullptr;
constinit weld::native::Mutex counting;

/// Increments under the lock; without it increments would be lost.
void count_a_thousand(void* count) {
    volatile int& counted = *static_cast<int*>(count);
    for (int i = 0; i < 1000; ++i) {
        const std::lock_guard lock(counting);
        counted = counted + 1;
    }
}

int number_of(const weld::Result<void>& result) noexcept {
    if (result) {
        return 0;
    }
    const auto code = static_cast<std::error_code>(result.error());
    return code.category() == std::system_category() ? code.value() : -1;
}

weld::Result<void> print_at_once(std::string_view text) {
    const auto printed = weld::print(text);
    return printed ? weld::flush() : printed;
}

template <weld::Writer W>
weld::Result<void> write_to(const W& writer, std::string_view text) {
    const auto written = weld::write_all(writer, text);
    return written ? weld::Result<void>() : std::unexpected(written.error().error);
}

weld::Result<void> write_to_stdout(std::string_view text) {
    const auto written = write_to(weld::io::Stdout(), text);
    return written ? weld::io::Stdout().flush() : written;
}

}  // namespace

const char* embedded_module(unsigned number) noexcept {
    return number < std::size(modules) ? modules[number].name : nullptr;
}

int embedded_use(unsigned number, const char* directory) noexcept {
    return guarded([&] { return modules[number].use(directory); });
}

int embedded_wait(int* waiting) noexcept {
    return guarded([&] {
        const thread::Thread self = thread::current();
        waiter.store(&self, std::memory_order_release);
        __atomic_store_n(waiting, 1, __ATOMIC_RELEASE);
        thread::park();
        return 0;
    });
}

void embedded_wake() noexcept {
    // A copy, since the object that is pointed to is gone after the wait.
    const thread::Thread thread = *waiter.exchange(nullptr, std::memory_order_acquire);
    thread.unpark();
}

int embedded_on_event(void* count) noexcept {
    return guarded([&]() -> int {
        count_a_thousand(count);
        NEED(weld::print("an event\n"));
        NEED(thrown_by([] { throw std::runtime_error("in a callback"); }) == "in a callback");
        auto spawned = thread::spawn([count] { count_a_thousand(count); });
        NEED(spawned);
        std::move(*spawned).join();
        return 0;
    });
}

int embedded_say(embedded_stream stream, const char* text) noexcept {
    return guarded([&] {
        switch (stream) {
            case EMBEDDED_PRINT: return number_of(print_at_once(text));
            case EMBEDDED_STDOUT: return number_of(write_to_stdout(text));
            case EMBEDDED_RAW: return number_of(write_to(weld::io::StdoutRaw(), text));
            case EMBEDDED_EPRINT: return number_of(weld::eprint(text));
            case EMBEDDED_STDERR: return number_of(write_to(weld::io::Stderr(), text));
        }
        return -1;
    });
}

int embedded_read_stdin(int* count) noexcept {
    std::array<std::byte, 16> buffer;
    const auto read = weld::io::Stdin().read(buffer);
    *count = static_cast<int>(read.value_or(0));
    return number_of(read ? weld::Result<void>() : std::unexpected(read.error()));
}

int embedded_fill_standard_handles() noexcept { return number_of(weld::io::fill_standard_handles()); }

int embedded_create(const char* path) noexcept {
    auto file = fs::File::create(path);
    return file ? weld::os::into_fd(*std::move(file)) : -1;
}
