// SPDX-License-Identifier: MIT
//
// env: the arguments, variables and directories of the process.
#include <support/words.hpp>

#include <weld/env.hpp>
#include <weld/fs.hpp>

#include <unistd.h>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace env = weld::env;
using test::kind_of;
using test::must;
using weld::Kind;

namespace {

using Paths = std::vector<std::string_view>;

/// The result of `body` in a process that has only these variables, "NAME=value" each.
template <class Body>
bool with_variables(std::vector<std::string> variables, Body body) {
    return test::in_child([&] {
               ::clearenv();
               for (std::string& variable : variables) {
                   (void)::putenv(variable.data());
               }
               return body() ? 0 : 1;
           })
        .exited_with(0);
}

}  // namespace

TEST_CASE("var finds a variable by its whole name") {
    CHECK(with_variables({"WELD=one", "WELD_TWO=2=2", "EMPTY="}, [] {
        return env::var("WELD") == "one" && env::var("WELD_TWO") == "2=2" && env::var("EMPTY") == "" &&
               !env::var("WEL") && !env::var("WELD=one") && !env::var("WELD_TWO=2") && !env::var("") &&
               !env::var(std::string_view("WELD\0", 5));
    }));
}

TEST_CASE("vars returns all variables in order, and none without an environment") {
    CHECK(with_variables({"B=1", "A=x=y", "=C:=C:\\"}, [] {
        const auto all = env::vars();
        return all.size() == 3 && all[0].name == "B" && all[0].value == "1" && all[1].name == "A" &&
               all[1].value == "x=y" && all[2].name == "=C:" && all[2].value == "C:\\";
    }));
    CHECK(with_variables({}, [] { return env::vars().empty() && !env::var("HOME"); }));
}

TEST_CASE("args returns the arguments of main, also empty ones") {
    const auto end = test::in_child([] {
        const std::string exe = must(env::current_exe());
        ::execl(exe.c_str(), "called", "[.arguments]", "", "--rng-seed", "7", static_cast<char*>(nullptr));
        return 1;
    });
    CHECK(end.exited_with(0));
}

TEST_CASE("the arguments of a program that the test above begins", "[.arguments]") {
    CHECK(must(env::args()) == std::vector<std::string>{"called", "[.arguments]", "", "--rng-seed", "7"});
}

TEST_CASE("current_dir is absolute, changes for all threads, and is NotFound when it was removed") {
    const test::TempDir dir;
    const auto end = test::in_child([&] {
        must(weld::fs::create_dir(dir / "gone"));
        must(env::set_current_dir(std::string_view(dir / "gone")));
        if (must(env::current_dir()) != std::filesystem::canonical(dir / "gone").string()) {
            return 1;
        }
        must(weld::fs::remove_dir(dir / "gone"));
        return kind_of(env::current_dir()) == Kind::NotFound ? 0 : 2;
    });
    CHECK(end.exited_with(0));
    CHECK(kind_of(env::set_current_dir(dir / "missing")) == Kind::NotFound);
    CHECK(kind_of(env::set_current_dir(std::string_view("a\0b", 3))) == Kind::InvalidInput);
}

TEST_CASE("current_exe is the path of the running program") {
    CHECK(must(weld::fs::same_file(must(env::current_exe()), "/proc/self/exe")));
}

TEST_CASE("temp_dir is $TMPDIR if that is not empty") {
    CHECK(with_variables({"TMPDIR=/elsewhere"}, [] { return env::temp_dir() == "/elsewhere"; }));
    CHECK(with_variables({"TMPDIR="}, [] { return env::temp_dir() == "/tmp"; }));
    CHECK(with_variables({}, [] { return env::temp_dir() == "/tmp"; }));
}

TEST_CASE("the user's directories are those of XDG if absolute, else below home_dir") {
    CHECK(with_variables({"HOME=/h", "XDG_CONFIG_HOME=/c", "XDG_DATA_HOME=relative"}, [] {
        return env::home_dir() == "/h" && env::config_dir() == "/c" && env::data_dir() == "/h/.local/share" &&
               env::cache_dir() == "/h/.cache" && env::state_dir() == "/h/.local/state" && !env::runtime_dir();
    }));
    CHECK(with_variables({"HOME=", "XDG_RUNTIME_DIR=/run/user/0"},
                         [] { return env::runtime_dir() == "/run/user/0" && env::home_dir() != ""; }));
}

TEST_CASE("hostname returns a name") {
    std::array<char, 65> expected;
    REQUIRE(::gethostname(expected.data(), expected.size()) == 0);
    CHECK(must(env::hostname()) == expected.data());
}

TEST_CASE("split_paths splits at colons, and returns at least one path", "[rust:split_paths_unix]") {
    CHECK(env::split_paths("") == Paths{""});
    CHECK(env::split_paths("::") == Paths{"", "", ""});
    CHECK(env::split_paths("/") == Paths{"/"});
    CHECK(env::split_paths("/:") == Paths{"/", ""});
    CHECK(env::split_paths("/:/usr/local") == Paths{"/", "/usr/local"});
}

TEST_CASE("join_paths joins with colons, and refuses a path that has one", "[rust:join_paths_unix]") {
    CHECK(must(env::join_paths(Paths{})).empty());
    CHECK(must(env::join_paths(Paths{"/bin", "/usr/bin", "/usr/local/bin"})) == "/bin:/usr/bin:/usr/local/bin");
    CHECK(must(env::join_paths(std::vector<std::string>{"", "/bin", "", "", "/usr/bin", ""})) == ":/bin:::/usr/bin:");
    CHECK(kind_of(env::join_paths(Paths{"/te:st"})) == Kind::InvalidInput);
}
