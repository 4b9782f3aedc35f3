# The whole operating system of a simulated guest: one boot sector in text mode 3.
# Shows the guest's name, the time and a moving block, and repeats the keys it gets. Never reads a disk, never ends.
# Built with `as --32` and `ld -m elf_i386 -Ttext 0x7c00 --oformat binary`.

        .code16
        .globl  _start
_start:
        ljmp    $0, $begin              # some firmware enters with another segment
begin:
        xorw    %ax, %ax
        movw    %ax, %ds
        movw    %ax, %ss
        movw    $0x7c00, %sp
        cld
        sti
        movw    $0x0003, %ax            # 80 by 25 characters, screen emptied
        int     $0x10
        movw    $0xb800, %ax
        movw    %ax, %es                # the text buffer, from here on
        movb    $3, %dh                 # row for the label
        call    place
        movw    $label, %si
        call    say
        call    prompt

again:
        movw    $0x1f20, %ax            # title: white on blue
        xorw    %di, %di
        movw    $80, %cx
        rep stosw
        movw    $4, %di
        movw    $name, %si
        call    paint
        movw    $title, %si
        call    paint
        movb    $2, %ah                 # the clock's time in BCD: ch, cl, dh
        int     $0x1a
        movw    $140, %di
        movb    %ch, %al
        call    digits
        call    colon
        movb    %cl, %al
        call    digits
        call    colon
        movb    %dh, %al
        call    digits

        movw    $160, %di               # second row: a block that runs with the timer
        movw    $0x0720, %ax
        movw    $80, %cx
        rep stosw
        movw    0x46c, %bx
        andw    $63, %bx
        shlw    $1, %bx
        leaw    160(%bx), %di
        movw    $0x03db, %ax
        movw    $6, %cx
        rep stosw

keys:
        movb    $1, %ah                 # is there a key?
        int     $0x16
        jz      rest
        xorw    %ax, %ax                # take it
        int     $0x16
        testb   %al, %al
        jz      keys                    # cursor and function keys have no character
        cmpb    $13, %al
        je      return
        cmpb    $8, %al
        je      erase
        call    type
        jmp     keys
return:
        movw    $line, %si
        call    say
        call    prompt
        jmp     keys
erase:
        movw    $back, %si
        call    say
        jmp     keys
rest:
        hlt                             # until the next interrupt
        jmp     again

# Puts the cursor at the start of row dh.
place:
        xorb    %dl, %dl
        xorw    %bx, %bx
        movb    $2, %ah
        int     $0x10
        ret

prompt:
        movw    $mark, %si
# Types the text at si at the cursor.
say:
        lodsb
        testb   %al, %al
        jz      done
        call    type
        jmp     say
# Types the character al at the cursor.
type:
        movw    $7, %bx
        movb    $0x0e, %ah
        int     $0x10
done:
        ret

# Paints the text at si at di, in the title's colours.
paint:
        lodsb
        testb   %al, %al
        jz      done
        movb    $0x1f, %ah
        stosw
        jmp     paint

# Paints the two BCD digits in al.
digits:
        movb    %al, %bl
        shrb    $4, %al
        call    digit
        movb    %bl, %al
        andb    $15, %al
digit:
        addb    $'0', %al
        jmp     glyph
colon:
        movb    $':', %al
glyph:
        movb    $0x1e, %ah
        stosw
        ret

title:  .asciz  " - simulated guest"
label:  .asciz  "Keys that arrive here:\r\n"
line:   .ascii  "\r\n"
        .byte   0
mark:   .asciz  "> "
back:   .asciz  "\b \b"

        .org    0x1c0
name:   .fill   62, 1, 0                # the guest's name is written here before the start
        .word   0xaa55
