// SPDX-License-Identifier: MIT
//
// Model: a library header used with both kinds of thread in one process, each talking to itself and to the other.
#include <conformance/echo_client.hpp>
#include <support/green_io.hpp>
#include <support/net.hpp>

#include <green/model.hpp>

#include <weld/model.hpp>
#include <weld/run.hpp>

#include <string>

using test::must;

namespace {

/// Sends `text` by `Model` to the echo server at `address`.
template <class Model>
bool speaks(const weld::net::SocketAddr& address, std::string_view text) {
    const auto client = EchoClient<Model>::connect(address);
    return client && client->say(text) == std::string(text) && client->say("again") == std::string("again");
}

/// Whether all parts of a model work together.
template <class Model>
bool is_whole(const std::string& directory) {
    const std::string path = directory + "/file";
    const auto self = Model::current();
    auto handle = Model::spawn(
        [&self] {
            Model::yield_now();
            self.unpark();
            return Model::current().id();
        },
        {.name = "other"});
    if (!handle) {
        return false;
    }
    const typename Model::Thread other = handle->thread();
    Model::park();
    bool good = other.name() == "other" && std::move(*handle).join() == other.id() && other.id() != self.id();
    good = good && Model::sleep(std::chrono::microseconds(1)) && !Model::park_for(std::chrono::microseconds(1)).value();
    good = good && Model::write(path, "text") && Model::read_to_string(path) == std::string("text") &&
           Model::metadata(path)->len() == 4 && Model::symlink_metadata(path)->is_file() &&
           Model::rename(path, path + "2") && Model::read(path + "2")->size() == 4;
    std::size_t items = 0;
    auto entries = Model::read_dir(directory);
    for (const auto& entry : *entries) {
        items += entry ? 1U : 0U;
    }
    auto walk = Model::walk(directory);
    for (const auto& item : *walk) {
        items += item ? 1U : 0U;
    }
    return good && items == 3 && Model::remove_file(path + "2") && Model::create_dir(path) && Model::remove_dir(path);
}

}  // namespace

TEST_CASE("a library serves both models in one process") {
    const auto native = must(weld::Model::TcpListener::bind(test::loopback()));
    const auto address = must(native.local_addr());
    const std::string text(100'000, 'x');
    auto server = must(weld::Model::spawn([&] {
        const auto first = echo_once<weld::Model>(native).value_or(0);
        return first + echo_once<weld::Model>(native).value_or(0);
    }));
    CHECK(speaks<weld::Model>(address, text));
    CHECK(must(green::run({.workers = 1}, [&] { return speaks<green::Model>(address, text); })));
    CHECK(std::move(server).join() == 2 * (text.size() + 5));
}

TEST_CASE("a green server serves a native thread and a task") {
    const std::string text(100'000, 'y');
    const auto served = must(green::run({.workers = 2}, [&] {
        const auto listener = must(green::Model::TcpListener::bind(test::loopback()));
        const auto address = must(listener.local_addr());
        auto native = weld::Model::spawn([&] { return speaks<weld::Model>(address, text); }).value();
        const auto first = echo_once<green::Model>(listener).value_or(0);
        auto task = green::Model::spawn([&] { return speaks<green::Model>(address, text); }).value();
        const auto second = echo_once<green::Model>(listener).value_or(0);
        return std::move(task).join() && std::move(native).join() ? first + second : 0;
    }));
    CHECK(served == 2 * (text.size() + 5));
}

TEST_CASE("all parts of each model work together") {
    const test::TempDir dir;
    CHECK(weld::run([&] { return is_whole<weld::Model>(dir.path()); }).value());
    CHECK(must(green::run({.workers = 1}, [&] { return is_whole<green::Model>(dir.path()); })));
    CHECK(must(green::run({.workers = 4}, [&] { return is_whole<green::Model>(dir.path()); })));
}
