/** Words of PVE that people know under another name. The names are the makers' own: the same in every language. */

const SYSTEMS: Record<string, string> = {
  l26: 'Linux',
  l24: 'Linux 2.4',
  win11: 'Windows 11 / 2022 / 2025',
  win10: 'Windows 10 / 2016 / 2019',
  win8: 'Windows 8 / 2012',
  win7: 'Windows 7 / 2008 R2',
  w2k8: 'Windows Vista / 2008',
  wvista: 'Windows Vista / 2008',
  wxp: 'Windows XP / 2003',
  w2k3: 'Windows XP / 2003',
  w2k: 'Windows 2000',
  solaris: 'Solaris',
  debian: 'Debian',
  devuan: 'Devuan',
  ubuntu: 'Ubuntu',
  centos: 'CentOS',
  fedora: 'Fedora',
  opensuse: 'openSUSE',
  archlinux: 'Arch Linux',
  alpine: 'Alpine Linux',
  gentoo: 'Gentoo',
  nixos: 'NixOS',
}

export function systemName(type: string): string {
  return SYSTEMS[type] ?? type
}
