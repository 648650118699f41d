// SPDX-License-Identifier: MIT
//
// peer: the echo race in Go, standard library only: package net, a goroutine for each connection, GOMAXPROCS 1.
//
// Begins and ends as the servers in C do. Package net turns TCP_NODELAY on by itself. With --stall, see server.h; the
// call is nanosleep(2) itself, which keeps the native thread, and not Go's sleep.

package main

import (
	"fmt"
	"io"
	"net"
	"os"
	"runtime"
	"sync/atomic"
	"syscall"
	"time"
)

const (
	buffer     = 4096
	life       = 120 * time.Second
	stallEvery = 10
	stall      = time.Millisecond
)

var (
	stalls   = len(os.Args) == 2 && os.Args[1] == "--stall"
	messages uint32
)

func serve(connection net.Conn) {
	defer connection.Close()
	data := make([]byte, buffer)
	for {
		n, err := connection.Read(data)
		if err != nil {
			return
		}
		if stalls && atomic.AddUint32(&messages, 1)%stallEvery == 0 {
			wait := syscall.NsecToTimespec(int64(stall))
			syscall.Nanosleep(&wait, nil)
		}
		if _, err := connection.Write(data[:n]); err != nil {
			return
		}
	}
}

func die(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

func main() {
	runtime.GOMAXPROCS(1)
	time.AfterFunc(life, func() { os.Exit(1) })
	go func() {
		io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		die(err)
	}
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	for {
		connection, err := listener.Accept()
		if err != nil {
			die(err)
		}
		go serve(connection)
	}
}
