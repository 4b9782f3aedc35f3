/** Keys by X keysym and by the code of a key's place on the board, which QEMU prefers. */
export type Key = readonly [keysym: number, code: string]

const CONTROL: Key = [0xffe3, 'ControlLeft']
const ALT: Key = [0xffe9, 'AltLeft']
const SUPER: Key = [0xffeb, 'MetaLeft']
const functionKey = (number: number): Key => [0xffbd + number, `F${number}`]

export type Combination = { label: string; keys: readonly Key[] }

/** What a browser or the system underneath keeps for itself, to be sent by menu. */
export const COMBINATIONS: readonly Combination[] = [
  { label: 'Ctrl + Alt + Del', keys: [CONTROL, ALT, [0xffff, 'Delete']] },
  { label: 'Alt + Tab', keys: [ALT, [0xff09, 'Tab']] },
  { label: 'Alt + F4', keys: [ALT, functionKey(4)] },
  { label: 'Ctrl + Alt + Backspace', keys: [CONTROL, ALT, [0xff08, 'Backspace']] },
  { label: 'Super', keys: [SUPER] },
  { label: 'Esc', keys: [[0xff1b, 'Escape']] },
  { label: 'Tab', keys: [[0xff09, 'Tab']] },
  { label: 'Print', keys: [[0xff61, 'PrintScreen']] },
]

/** Linux' virtual consoles. */
export const VIRTUAL_CONSOLES: readonly Combination[] = Array.from({ length: 12 }, (_, index) => ({
  label: `Ctrl + Alt + F${index + 1}`,
  keys: [CONTROL, ALT, functionKey(index + 1)],
}))

/** Presses in order and lets go in reverse order. */
export function strokes(keys: readonly Key[]): { key: Key; down: boolean }[] {
  return [...keys.map(key => ({ key, down: true })), ...[...keys].reverse().map(key => ({ key, down: false }))]
}
