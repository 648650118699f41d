// SPDX-License-Identifier: MIT
//
// available_parallelism: affinity, and control groups that are read from a tree made for the test.
#include <support/words.hpp>

#include <weld/fs.hpp>
#include <weld/native/directory.hpp>
#include <weld/native/parallelism.hpp>

#include <sched.h>
#include <limits>
#include <string>

namespace native = weld::native;
using test::must;

namespace {

constexpr std::size_t unlimited = std::numeric_limits<std::size_t>::max();

/// A directory with `proc` and `sys`, like the root of a system.
class Root {
public:
    explicit Root(std::string_view groups) { put("proc/self/cgroup", groups); }

    Root& put(const std::string& path, std::string_view text) {
        std::filesystem::create_directories(std::filesystem::path(dir_ / path).parent_path());
        must(weld::fs::write(dir_ / path, text));
        return *this;
    }

    [[nodiscard]] std::size_t limit() const {
        const auto root =
            must(native::Directory::open(weld::sys::cwd, weld::sys::CStr(dir_.path().c_str()), native::Follow::Yes));
        return native::cgroup_cpu_limit(root.as_handle());
    }

private:
    test::TempDir dir_;
};

}  // namespace

TEST_CASE("available_parallelism is at least one", "[promise:2.45]") { CHECK(native::available_parallelism() >= 1); }

TEST_CASE("available_parallelism is one for a thread restricted to one CPU") {
    struct Seen {
        int set = -1;
        std::size_t all = 0;
        std::size_t one = 0;
    };
    const Seen seen = must(weld::thread::spawn([] {
                          Seen result;
                          result.all = native::available_parallelism();
                          cpu_set_t cpus;
                          cpu_set_t first;
                          ::sched_getaffinity(0, sizeof cpus, &cpus);
                          CPU_ZERO(&first);
                          for (std::size_t cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
                              if (CPU_ISSET(cpu, &cpus)) {
                                  CPU_SET(cpu, &first);
                                  break;
                              }
                          }
                          result.set = ::sched_setaffinity(0, sizeof first, &first);
                          result.one = native::available_parallelism();
                          return result;
                      })).join();
    REQUIRE(seen.set == 0);
    CHECK(seen.one == 1);
    CHECK(seen.all >= 1);
    cpu_set_t cpus;
    REQUIRE(::sched_getaffinity(0, sizeof cpus, &cpus) == 0);
    CHECK(seen.all <= static_cast<std::size_t>(CPU_COUNT(&cpus)));
}

TEST_CASE("the limit is SIZE_MAX without a control group") {
    CHECK(Root("").limit() == unlimited);
    const test::TempDir empty;
    const auto root =
        must(native::Directory::open(weld::sys::cwd, weld::sys::CStr(empty.path().c_str()), native::Follow::Yes));
    CHECK(native::cgroup_cpu_limit(root.as_handle()) == unlimited);
}

TEST_CASE("a cgroup v2 has the quota of its cpu.max, rounded up") {
    const auto with = [](std::string_view text) {
        return Root("0::/a\n").put("sys/fs/cgroup/a/cpu.max", text).limit();
    };
    CHECK(with("max 100000\n") == unlimited);
    CHECK(with("150000 100000\n") == 2);
    CHECK(with("100000 100000\n") == 1);
    CHECK(with("100001 100000\n") == 2);
    CHECK(with("1000 100000\n") == 1);
    CHECK(with("400000 100000") == 4);
    CHECK(with("9223372036854775807 1") == std::size_t{9223372036854775807U});
}

TEST_CASE("the lowest quota of a group and its ancestors counts") {
    Root root("0::/a/b/c\n");
    root.put("sys/fs/cgroup/a/b/c/cpu.max", "800000 100000\n");
    CHECK(root.limit() == 8);
    root.put("sys/fs/cgroup/a/cpu.max", "300000 100000\n");
    CHECK(root.limit() == 3);
    root.put("sys/fs/cgroup/a/b/cpu.max", "max 100000\n");
    CHECK(root.limit() == 3);
    root.put("sys/fs/cgroup/cpu.max", "200000 100000\n");
    CHECK(root.limit() == 2);
}

TEST_CASE("the quota of the root group counts too") {
    CHECK(Root("0::/\n").put("sys/fs/cgroup/cpu.max", "200000 100000\n").limit() == 2);
    CHECK(Root("0::/").put("sys/fs/cgroup/cpu.max", "200000 100000\n").limit() == 2);
}

TEST_CASE("a quota that cannot be parsed is no limit") {
    for (const char* text : {"", "\n", "max", "150000", "x y", "150000 x", "x 100000", "-1 100000", "0 100000",
                             "150000 0", "150000 -1", "99999999999999999999 100000"}) {
        INFO(text);
        CHECK(Root("0::/a\n").put("sys/fs/cgroup/a/cpu.max", text).limit() == unlimited);
    }
    CHECK(Root("0::/missing\n").limit() == unlimited);
}

TEST_CASE("a cgroup v1 has its quota and its period in two files") {
    Root root("12:pids:/p\n4:cpu,cpuacct:/a/b\n1:name=systemd:/x\n");
    CHECK(root.limit() == unlimited);
    root.put("sys/fs/cgroup/cpu,cpuacct/a/b/cpu.cfs_quota_us", "250000\n");
    CHECK(root.limit() == unlimited);
    root.put("sys/fs/cgroup/cpu,cpuacct/a/b/cpu.cfs_period_us", "100000\n");
    CHECK(root.limit() == 3);
    root.put("sys/fs/cgroup/cpu,cpuacct/a/b/cpu.cfs_quota_us", "-1\n");
    CHECK(root.limit() == unlimited);
    root.put("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "100000\n");
    root.put("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n");
    CHECK(root.limit() == 1);
}

TEST_CASE("only the controller named cpu counts") {
    Root root("3:cpuset:/a\n2:cpuacct:/a\n");
    root.put("sys/fs/cgroup/cpuset/a/cpu.cfs_quota_us", "100000\n");
    root.put("sys/fs/cgroup/cpuset/a/cpu.cfs_period_us", "100000\n");
    root.put("sys/fs/cgroup/cpuacct/a/cpu.cfs_quota_us", "100000\n");
    root.put("sys/fs/cgroup/cpuacct/a/cpu.cfs_period_us", "100000\n");
    CHECK(root.limit() == unlimited);
    Root plain("3:cpu:/a\n");
    plain.put("sys/fs/cgroup/cpu/a/cpu.cfs_quota_us", "100000\n");
    plain.put("sys/fs/cgroup/cpu/a/cpu.cfs_period_us", "100000\n");
    CHECK(plain.limit() == 1);
}

TEST_CASE("with quotas of both versions the lower one counts") {
    Root root("4:cpu:/a\n0::/a\n");
    root.put("sys/fs/cgroup/cpu/a/cpu.cfs_quota_us", "500000\n");
    root.put("sys/fs/cgroup/cpu/a/cpu.cfs_period_us", "100000\n");
    root.put("sys/fs/cgroup/a/cpu.max", "200000 100000\n");
    CHECK(root.limit() == 2);
}

TEST_CASE("a list of groups of any length is read to the end") {
    std::string groups;
    for (int number = 100; number > 1; --number) {
        groups += std::to_string(number) + ":some_controller_that_does_not_matter:/a/b/c\n";
    }
    REQUIRE(groups.size() > 4096);
    Root root(groups + "1:name=x:/" + std::string(3000, 'x') + "\n0::/a\n");
    root.put("sys/fs/cgroup/a/cpu.max", "200000 100000\n");
    CHECK(root.limit() == 2);
}

TEST_CASE("a malformed list of groups gives no limit, and reading it ends") {
    const std::string deep = "0::" + std::string(6000, '/') + "\n";
    const std::string long_name = "0::/" + std::string(5000, 'x') + "\n";
    for (const std::string& groups :
         {std::string("garbage\n"), std::string("0:\n"), std::string("::\n"), std::string("\n\n\n"), std::string(":"),
          std::string("0::a\n"), std::string("0::a/b"), deep, long_name, std::string(100'000, 'x')}) {
        INFO(groups.substr(0, 20));
        const Root root(groups);
        const auto end = test::in_child([&] { return root.limit() == unlimited ? 0 : 1; }, 3);
        CHECK(end.exited_with(0));
    }
}
