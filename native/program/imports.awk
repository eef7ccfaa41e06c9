# SPDX-License-Identifier: Apache-2.0
#
# Makes an import library of the names that libkfsd exports, in x86-64 assembler: a function of each name in the program, which jumps to where
# imports.c has found it; and the names themselves, one after the other, with an empty one at the end.
/^kfsd_/ {
  printf "\t.globl %s\n\t.hidden %s\n\t.type %s, @function\n%s:\n\tjmp *libkfsd_functions+%d(%%rip)\n", $1, $1, $1, $1, 8 * count++
  names = names "\t.string \"" $1 "\"\n"
}
END {
  printf "\t.section .rodata\n\t.globl libkfsd_names\n\t.hidden libkfsd_names\nlibkfsd_names:\n%s\t.string \"\"\n", names
  printf "\t.data\n\t.balign 8\n\t.globl libkfsd_functions\n\t.hidden libkfsd_functions\nlibkfsd_functions:\n"
  for (; count > 0; count--) print "\t.quad libkfsd_unbound"
  print "\t.section .note.GNU-stack, \"\", @progbits"
}
