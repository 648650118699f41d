// SPDX-License-Identifier: MIT
//
// native::Process: fallbacks for calls that a kernel may lack; a failed spawn leaves nothing behind.
//
// Compiled twice: with process_unshared.cpp the child of a clone has its own memory, as under emulators.
#include <support/child.hpp>
#include <support/refuse.hpp>
#include <support/words.hpp>

#include <weld/native/pipe.hpp>
#include <weld/native/process.hpp>
#include <weld/os/unix/process.hpp>
#include <weld/sys/posix/signal.hpp>

#include <sys/syscall.h>
#include <unistd.h>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <fstream>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace native = weld::native;
namespace sys = weld::sys;
using namespace std::chrono_literals;
using native::Process;
using native::SpawnStep;
using sys::Errno;
using test::must;
using test::refuse;

namespace {

/// A plan that runs test.child with these arguments.
class Plan {
public:
    template <class... Words>
    explicit Plan(const Words&... words) : words_{test::child_program, words...} {
        for (const std::string& word : words_) {
            arguments_.push_back(word.c_str());
        }
        arguments_.push_back(nullptr);
        plan.programs = programs_.data();
        plan.arguments = arguments_.data();
        plan.environment = &programs_[1];
    }
    Plan(const Plan&) = delete;
    Plan& operator=(const Plan&) = delete;

    native::SpawnPlan plan;

private:
    std::array<const char*, 2> programs_{test::child_program.c_str(), nullptr};
    std::vector<std::string> words_;
    std::vector<const char*> arguments_;
};

Process spawn(Plan& plan) {
    auto made = Process::spawn(plan.plan);
    if (!made) {
        FAIL("spawn: " << sys::symbol(made.error().error));
    }
    return *std::move(made);
}

constexpr unsigned clone_pidfd = 0x1000;

/// Runs `body` in a process whose children have no pidfd; `body` returns zero when all is well.
template <class Body>
bool without_pidfd(Body body) {
    return test::in_child([&] {
               if (!refuse({.call = SYS_clone, .mask = clone_pidfd}, EINVAL) ||
                   !refuse({.call = SYS_pidfd_open}, ENOSYS)) {
                   return 77;
               }
               return body();
           })
        .exited_with(0);
}

}  // namespace

TEST_CASE("wait returns the exit status, also when it is called again") {
    Plan plan("exit", "3");
    Process child = spawn(plan);
    CHECK(child.id() != native::current_process_id());
    CHECK(must(child.wait()).code() == 3);
    CHECK(must(child.wait()).raw() == 0x300);
    CHECK(must(child.try_wait()).value().code() == 3);
}

TEST_CASE("a failed spawn returns the step that failed and leaves no child") {
    const test::TempDir dir;
    const std::string no_program = dir / "file";
    std::ofstream(no_program) << "no program";
    const std::size_t before = test::open_descriptors();
    for (int round = 0; round < 3; ++round) {
        Plan place("exit", "0");
        place.plan.directory = "/nowhere";
        const auto nowhere = Process::spawn(place.plan);
        REQUIRE_FALSE(nowhere.has_value());
        CHECK(nowhere.error().step == SpawnStep::Directory);
        CHECK(nowhere.error().error == Errno::Noent);
        Plan program("exit", "0");
        const std::array<const char*, 3> programs = {"/nowhere", no_program.c_str(), nullptr};
        program.plan.programs = programs.data();
        const auto refused = Process::spawn(program.plan);
        REQUIRE_FALSE(refused.has_value());
        CHECK(refused.error().step == SpawnStep::Spawn);
        CHECK(refused.error().error == Errno::Acces);
    }
    CHECK(test::open_descriptors() == before);
    CHECK((::waitpid(-1, nullptr, WNOHANG) == -1 && errno == ECHILD));
}

TEST_CASE("a plan may replace every descriptor, also the one that reports failures") {
    const std::size_t before = test::open_descriptors();
    Plan plan("fds");
    std::vector<native::DescriptorMapping> all;
    for (int number = 0; number < 40; ++number) {
        all.push_back({.source = number % 3, .number = number});
    }
    const native::Pipe pipe = must(native::pipe());
    all[1].source = pipe.writer.as_handle().raw();
    plan.plan.descriptors = all;
    plan.plan.directory = "/nowhere";
    const auto failed = Process::spawn(plan.plan);
    REQUIRE_FALSE(failed.has_value());
    CHECK(failed.error().step == SpawnStep::Directory);
    CHECK(test::open_descriptors() == before + 2);
}

TEST_CASE("spawn does not change the signal mask or the dispositions of the parent") {
    sigset_t before;
    REQUIRE(::pthread_sigmask(SIG_SETMASK, nullptr, &before) == 0);
    struct sigaction old{};
    REQUIRE(::sigaction(SIGTERM, nullptr, &old) == 0);
    Plan plan("exit", "0");
    CHECK(must(spawn(plan).wait()).success());
    sigset_t after;
    struct sigaction now{};
    REQUIRE(::pthread_sigmask(SIG_SETMASK, nullptr, &after) == 0);
    REQUIRE(::sigaction(SIGTERM, nullptr, &now) == 0);
    for (int number = 1; number < 65; ++number) {
        CHECK(::sigismember(&before, number) == ::sigismember(&after, number));
    }
    CHECK(old.sa_handler == now.sa_handler);
}

TEST_CASE("without pidfds a child is waited for by its process id") {
    CHECK(without_pidfd([] {
        Plan failing("exit", "5");
        Process first = spawn(failing);
        if (first.as_handle().pidfd != -1 || must(first.wait()).code() != 5 || must(first.wait()).code() != 5) {
            return 1;
        }
        Plan waiting("wait");
        Process second = spawn(waiting);
        if (must(second.try_wait()) || must(second.wait_until(native::Instant()))) {
            return 2;
        }
        const auto start = std::chrono::steady_clock::now();
        if (must(second.wait_until(std::chrono::steady_clock::now() + 20ms)) ||
            std::chrono::steady_clock::now() - start < 20ms) {
            return 3;
        }
        must(second.kill());
        const auto ended = must(second.wait_until(native::Instant::max()));
        // No process gets a signal, not even one that has the same id now.
        return ended && ended->raw() == SIGKILL && second.kill() && second.signal(12345) ? 0 : 4;
    }));
}

TEST_CASE("without pidfds one thread can wait while another kills the child") {
    CHECK(without_pidfd([] {
        for (int round = 0; round < 20; ++round) {
            Plan waiting("wait");
            Process child = spawn(waiting);
            auto other = must(weld::thread::spawn([&] { return child.kill().has_value(); }));
            if (must(child.wait()).raw() != SIGKILL || !std::move(other).join()) {
                return 1;
            }
        }
        return 0;
    }));
}

TEST_CASE("without pidfds wait returns Child when SIGCHLD is ignored, and does not hang", "[promise:2.37]") {
    CHECK(without_pidfd([] {
        ::signal(SIGCHLD, SIG_IGN);
        Plan plan("exit", "5");
        Process first = spawn(plan);
        Process second = spawn(plan);
        return first.wait() == std::unexpected(Errno::Child) && first.kill() &&
                       second.wait_until(native::Instant::max()) == std::unexpected(Errno::Child)
                   ? 0
                   : 1;
    }));
}

TEST_CASE("without close_range the descriptors that /proc lists are closed in a child") {
    for (const int error : {ENOSYS, EINVAL, EPERM}) {
        const auto end = test::in_child([&] {
            if (!refuse({.call = SYS_close_range}, error)) {
                return 77;
            }
            std::vector<int> leaked;
            for (int i = 0; i < 200; ++i) {  // more than fit one buffer of getdents64
                leaked.push_back(::dup(2));
            }
            weld::process::Command command = test::child("fds");
            weld::os::close_other_fds(command);
            weld::os::map_fd(command, leaked[7], leaked[7]);
            const auto output = must(command.output());
            const std::set<std::string> expected = {"0", "1", "2", std::to_string(leaked[7])};
            return test::lines_of(output.out) == expected ? 0 : 1;
        });
        CHECK(end.exited_with(0));
    }
}

TEST_CASE("spawn returns the error of clone when no process can be made") {
    const auto end = test::in_child([] {
        const std::size_t before = test::open_descriptors();
        if (!refuse({.call = SYS_clone}, EAGAIN)) {
            return 77;
        }
        Plan plan("exit", "0");
        const auto made = Process::spawn(plan.plan);
        const bool is_told = !made && made.error().step == SpawnStep::Spawn && made.error().error == Errno::Again;
        return is_told && test::open_descriptors() == before ? 0 : 1;
    });
    CHECK(end.exited_with(0));
}

TEST_CASE("wait_readable returns which of two pipes can be read") {
    const native::Pipe first = must(native::pipe());
    native::Pipe second = must(native::pipe());
    must(first.writer.write(test::bytes("x")));
    CHECK(must(native::wait_readable(first.reader, second.reader)).first);
    CHECK_FALSE(must(native::wait_readable(first.reader, second.reader)).second);
    must(std::move(second.writer).close());
    CHECK(must(native::wait_readable(first.reader, second.reader)).second);
}
