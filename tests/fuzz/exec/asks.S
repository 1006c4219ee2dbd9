/* Beside victim.S: the program interpreter that elf_mutants puts another file's name for. */
        .section .interp, "a"
        .asciz  "i@@@@@"
        .section .note.GNU-stack, "", @progbits
