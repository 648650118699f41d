// SPDX-License-Identifier: MIT
//
// peer: the memory race in Go: goroutines that wait to receive from one channel.

package main

import (
	"bufio"
	"bytes"
	"flag"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"
)

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// Bytes of VmRSS and VmPTE together, as resident.h has them.
func residentBytes() int64 {
	status, err := os.Open("/proc/self/status")
	must(err)
	defer status.Close()
	sum := int64(0)
	for lines := bufio.NewScanner(status); lines.Scan(); {
		words := strings.Fields(lines.Text())
		if words[0] == "VmRSS:" || words[0] == "VmPTE:" {
			kib, err := strconv.ParseInt(words[1], 10, 64)
			must(err)
			sum += kib * 1024
		}
	}
	return sum
}

func main() {
	tasks := flag.Int("tasks", 1, "goroutines")
	flag.Parse()
	runtime.GOMAXPROCS(1)
	quit := make(chan struct{})
	var parked, ended sync.WaitGroup
	parked.Add(*tasks)
	ended.Add(*tasks)

	before := residentBytes()
	start := time.Now()
	for i := 0; i < *tasks; i++ {
		go func() {
			parked.Done()
			<-quit
			ended.Done()
		}()
	}
	parked.Wait()
	runtime.Gosched() // the last one runs until it waits
	ns := time.Since(start).Nanoseconds()
	after := residentBytes()
	maps, err := os.ReadFile("/proc/self/maps")
	must(err)

	fmt.Printf("{\"ops\": %d, \"ns\": %d, \"bytes\": %d, \"mappings\": %d}\n",
		*tasks, ns, after-before, bytes.Count(maps, []byte("\n")))
	close(quit)
	ended.Wait()
}
