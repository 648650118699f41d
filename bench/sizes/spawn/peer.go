// SPDX-License-Identifier: MIT
//
// peer: spawn in Go, standard library only.

package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
)

func main() {
	program := "/bin/true"
	if len(os.Args) > 1 {
		program = os.Args[1]
	}
	command := exec.Command(program)
	command.Stdin, command.Stdout, command.Stderr = os.Stdin, os.Stdout, os.Stderr
	err := command.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		fmt.Fprintln(os.Stderr, "spawn:", err)
		os.Exit(1)
	}
	fmt.Println("exit", command.ProcessState.ExitCode())
}
