// SPDX-License-Identifier: MIT
//
// os/unix/process: users, groups, sessions, signals and pre_exec in a child; exec.
#include <support/child.hpp>
#include <support/words.hpp>

#include <weld/os/linux.hpp>
#include <weld/os/unix.hpp>
#include <weld/os/unix/process.hpp>

#include <fcntl.h>
#include <grp.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <array>
#include <csignal>
#include <string>
#include <utility>
#include <vector>

namespace os = weld::os;
namespace process = weld::process;
using process::Child;
using process::Command;
using process::Stdio;
using test::child;
using test::kind_of;
using test::lines_of;
using test::must;
using test::said_by;
using weld::Kind;
using Lines = std::set<std::string>;

namespace {

constexpr std::uint32_t nobody = 65534;

bool is_root() {
    if (::geteuid() != 0) {
        WARN("not root: skipped");
    }
    return ::geteuid() == 0;
}

/// What /proc says of a field of this process.
std::string status_field(std::string_view name) {
    const std::string text = must(weld::fs::read_to_string("/proc/self/status"));
    const std::size_t start = text.find(std::string("\n").append(name).append(":")) + 1;
    return text.substr(start, text.find('\n', start) - start);
}

}  // namespace

TEST_CASE("a child starts with an empty signal mask, default SIGPIPE, and other signals as ignored", "[promise:2.35]") {
    const auto end = test::in_child([] {
        ::signal(SIGPIPE, SIG_IGN);
        ::signal(SIGHUP, SIG_IGN);
        ::signal(SIGUSR1, [](int) {});
        sigset_t some;
        ::sigemptyset(&some);
        ::sigaddset(&some, SIGTERM);
        ::sigaddset(&some, SIGRTMIN);
        ::pthread_sigmask(SIG_BLOCK, &some, nullptr);
        const auto output = child("signals").output();
        sigset_t now;
        ::pthread_sigmask(SIG_SETMASK, nullptr, &now);
        struct sigaction action{};
        const bool is_kept = ::sigismember(&now, SIGTERM) == 1 && ::sigismember(&now, SIGINT) == 0 &&
                             ::sigaction(SIGPIPE, nullptr, &action) == 0 && action.sa_handler == SIG_IGN &&
                             ::sigaction(SIGUSR1, nullptr, &action) == 0 && action.sa_handler != SIG_DFL;
        return output && lines_of(output->out) == Lines{"ignored 1"} && is_kept ? 0 : 1;
    });
    CHECK(end.exited_with(0));
}

TEST_CASE("no signal handler of this process runs in a child, however many signals come", "[promise:2.35]") {
    const auto end = test::in_child([] {
        static const pid_t self = ::getpid();
        ::signal(SIGUSR1, [](int) {
            if (::getpid() != self) {
                ::_exit(99);
            }
        });
        // Each child is of this process's group, which gets a signal all the time.
        ::setpgid(0, 0);
        std::atomic<bool> stop = false;
        auto sender = must(weld::thread::spawn([&] {
            while (!stop) {
                ::kill(0, SIGUSR1);
            }
        }));
        bool is_good = true;
        for (int round = 0; round < (test::is_slow ? 50 : 200); ++round) {
            const auto status = child("exit", "0").status();
            is_good = is_good && status && (status->success() || os::signal(*status) == SIGUSR1);
        }
        stop = true;
        std::move(sender).join();
        return is_good ? 0 : 1;
    });
    CHECK(end.exited_with(0));
}

TEST_CASE("a child of another user has only the supplementary groups that it is given", "[promise:2.36]") {
    if (!is_root()) {
        return;
    }
    const auto end = test::in_child([] {
        const std::array<gid_t, 3> ours = {1, 2, 3};
        if (::setgroups(ours.size(), ours.data()) != 0) {
            return 2;
        }
        const std::string before = status_field("Groups") + status_field("Uid");
        const int dumpable = ::prctl(PR_GET_DUMPABLE);

        Command user = child("ids");
        os::gid(os::uid(user, nobody), nobody);
        const Lines without = lines_of(said_by(user));
        os::groups(user, std::array<std::uint32_t, 2>{5, 6});
        const Lines with = lines_of(said_by(user));
        Command group = child("ids");
        os::gid(group, nobody);
        const Lines kept = lines_of(said_by(group));
        Command none = child("ids");
        os::groups(none, {});
        const Lines emptied = lines_of(said_by(none));

        const bool is_same = before == status_field("Groups") + status_field("Uid") &&
                             dumpable == ::prctl(PR_GET_DUMPABLE) && dumpable == 1;
        const bool has_dropped =
            without.contains("uid 65534 65534") && without.contains("gid 65534 65534") && without.contains("groups");
        const bool has_some =
            with.contains("uid 65534 65534") && with.contains("gid 65534 65534") && with.contains("groups 5 6");
        const bool has_kept =
            kept.contains("uid 0 0") && kept.contains("gid 65534 65534") && kept.contains("groups 1 2 3");
        return is_same && has_dropped && has_some && has_kept && emptied.contains("groups") ? 0 : 3;
    });
    CHECK(end.exited_with(0));
}

TEST_CASE("a failed change of user or group names the failed step",
          "[libuv:spawn_setuid_fails][libuv:spawn_setgid_fails]") {
    const auto end = test::in_child([] {
        if (::geteuid() == 0 && (::setgroups(0, nullptr) != 0 || ::setgid(nobody) != 0 || ::setuid(nobody) != 0)) {
            return 2;
        }
        Command user = child("ids");
        os::gid(os::uid(user, 0), ::getgid());
        Command group = child("ids");
        os::gid(group, 0);
        Command groups = child("ids");
        os::groups(groups, std::array<std::uint32_t, 1>{1});
        Command root = child("ids");
        os::chroot(root, "/");
        Command same = child("ids");
        os::gid(os::uid(same, ::getuid()), ::getgid());  // its groups cannot be given up, and stay
        return user.spawn().error().message() == "uid: Operation not permitted (EPERM)" &&
                       group.spawn().error().message() == "gid: Operation not permitted (EPERM)" &&
                       groups.spawn().error().message() == "groups: Operation not permitted (EPERM)" &&
                       root.spawn().error().message() == "chroot: Operation not permitted (EPERM)" &&
                       must(same.output()).status.success()
                   ? 0
                   : 1;
    });
    CHECK(end.exited_with(0));
}

TEST_CASE("a child with another root directory starts in it") {
    if (!is_root()) {
        return;
    }
    const test::TempDir dir;
    must(weld::fs::create_dir(dir / "inside"));
    Command command(test::child_program);
    os::chroot(command, dir.path());
    CHECK(command.spawn().error().message() == "spawn: No such file or directory (ENOENT)");
    command.current_dir("/inside/none");
    CHECK(command.spawn().error().message() == "current_dir: No such file or directory (ENOENT)");
    Command missing = child("cwd");
    os::chroot(missing, dir / "none");
    CHECK(missing.spawn().error().message() == "chroot: No such file or directory (ENOENT)");
    Command whole = child("cwd");
    os::chroot(whole, "/");
    CHECK(said_by(whole) == "/\n");
}

TEST_CASE("a child gets its own process group or session on request") {
    CHECK(lines_of(said_by(child("ids"))).contains("other group"));
    Command group = child("ids");
    os::process_group(group, 0);
    CHECK(lines_of(said_by(group)).contains("own group"));
    CHECK(lines_of(said_by(group)).contains("other session"));
    Command session = child("ids");
    os::setsid(session);
    CHECK(lines_of(said_by(session)).contains("own session"));

    // Another child's group, while that one is there.
    Command waiting = child("wait");
    waiting.out(Stdio::piped());
    os::process_group(waiting, 0);
    Child leader = must(waiting.spawn());
    Command follower = child("wait");
    os::process_group(follower, static_cast<int>(leader.id()));
    Child second = must(follower.out(Stdio::piped()).spawn());
    REQUIRE(::kill(-static_cast<pid_t>(leader.id()), SIGKILL) == 0);
    CHECK(os::signal(must(leader.wait())) == SIGKILL);
    CHECK(os::signal(must(second.wait())) == SIGKILL);
    Command nowhere = child("ids");
    os::process_group(nowhere, 1);
    CHECK(nowhere.spawn().error().operation() == std::string_view("process_group"));
}

TEST_CASE("arg0 sets the name that a program sees") {
    Command command("/bin/sh");
    os::arg0(command.arg("-c").arg("echo $0"), "other name");
    CHECK(said_by(command) == "other name\n");
}

TEST_CASE("death_signal is sent when the parent ends, also if it ended before") {
    weld::io::Pipe alive = must(weld::io::pipe());
    const auto end = test::in_child([&] {
        Command command = child("stubborn");
        os::death_signal(command.out(Stdio::piped()), SIGKILL);
        os::map_fd(command, os::fd(alive.writer), 3);
        Child orphan = must(command.spawn());
        return test::hears(*orphan.out, "ready\n") ? 0 : 1;
    });
    CHECK(end.exited_with(0));
    // The last writer is gone when the orphan is.
    must(std::move(alive.writer).close());
    std::string text;
    CHECK(must(weld::read_to_string(alive.reader, text)) == 0);
}

TEST_CASE("a child that changes its user keeps its death signal") {
    if (!is_root()) {
        return;
    }
    Command command("/bin/sh");
    command.arg("-c").arg("read line").in(Stdio::piped());
    os::gid(os::uid(os::death_signal(command, SIGKILL), nobody), nobody);
    auto spawner = must(weld::thread::spawn([&] { return must(command.spawn()); }));
    Child child = std::move(spawner).join();  // the thread that made it is gone
    CHECK(os::signal(must(child.wait_for(std::chrono::seconds(10))).value()) == SIGKILL);
}

TEST_CASE("pre_exec runs in the child in its own memory, and spawn returns its error", "[reproc:fork]") {
    int calls = 0;
    Command command = child("cwd");
    os::pre_exec(
        command,
        [](void* raw) -> weld::sys::Result<void> {
            ++*static_cast<int*>(raw);
            return ::chdir("/usr") == 0 ? weld::sys::Result<void>() : std::unexpected(weld::sys::Errno::Noent);
        },
        &calls);
    CHECK(said_by(command) == "/usr\n");
    CHECK(calls == 0);
    os::pre_exec(
        command, [](void*) -> weld::sys::Result<void> { return std::unexpected(weld::sys::Errno::Dom); }, nullptr);
    const std::size_t before = test::open_descriptors();
    CHECK(command.spawn().error().message() == "pre_exec: Numerical argument out of domain (EDOM)");
    CHECK(test::open_descriptors() == before);

    Command missing("/nowhere");
    os::pre_exec(missing, [](void*) -> weld::sys::Result<void> { return {}; }, nullptr);
    CHECK(missing.spawn().error().message() == "spawn: No such file or directory (ENOENT)");
    CHECK(test::open_descriptors() == before);
}

TEST_CASE("a child made by fork is waited for and killed as any other") {
    Command command = child("wait");
    os::pre_exec(command.out(Stdio::piped()), [](void*) -> weld::sys::Result<void> { return {}; }, nullptr);
    Child forked = must(command.spawn());
    REQUIRE(test::hears(*forked.out, "ready\n"));
    CHECK(os::pidfd(forked).has_value());
    CHECK_FALSE(must(forked.wait_for(std::chrono::milliseconds(1))).has_value());
    must(forked.kill());
    CHECK(os::signal(must(forked.wait())) == SIGKILL);
}

TEST_CASE("exec replaces the program of this process") {
    const auto end = test::in_child([] {
        ::signal(SIGPIPE, SIG_IGN);
        Command command = child("signals");
        const auto failed = os::exec(command.out(Stdio::borrowed(weld::sys::BorrowedHandle(2))));
        return failed.kind() == Kind::Other ? 1 : 2;
    });
    CHECK(end.exited_with(0));
    CHECK(end.said == "");  // nothing blocked, nothing ignored
    const auto same = test::in_child([] {
        const pid_t self = ::getpid();
        Command command("/bin/sh");
        command.arg("-c").arg("test $$ = " + std::to_string(self));
        (void)os::exec(command);
        return 3;
    });
    CHECK(same.exited_with(0));
}

TEST_CASE("exec that fails returns the error, and the process continues") {
    const auto end = test::in_child([] {
        ::signal(SIGPIPE, SIG_IGN);
        const auto missing = os::exec(Command("/nowhere"));
        Command place = child("cwd");
        const auto nowhere = os::exec(place.current_dir("/nowhere"));
        Command piped = child("cwd");
        const auto refused = os::exec(piped.in(Stdio::piped()));
        struct sigaction action{};
        const bool is_kept = ::sigaction(SIGPIPE, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
        return missing.message() == "spawn: No such file or directory (ENOENT)" &&
                       nowhere.operation() == std::string_view("current_dir") &&
                       refused == weld::Error("exec", weld::Fault::PipedStream) && is_kept
                   ? 0
                   : 1;
    });
    CHECK(end.exited_with(0));
}
