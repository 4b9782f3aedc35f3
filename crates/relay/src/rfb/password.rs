//! VNC authentication's answer (RFC 6143 section 7.2.2). Weak as it is, PVE offers nothing else on this path.

use des::Des;
use des::cipher::{BlockCipherEncrypt, KeyInit};
use zeroize::{Zeroize, Zeroizing};

/// Encrypts the challenge with the password: DES in ECB mode, eight bytes of key filled up with zeros, the bits of
/// each byte reversed (RFC 6143 erratum 4951). Bytes of the password beyond eight do not count.
pub(crate) fn response(challenge: [u8; 16], password: &[u8]) -> Zeroizing<[u8; 16]> {
    let mut key = [0; 8];
    for (to, from) in key.iter_mut().zip(password) {
        *to = from.reverse_bits();
    }
    let des = Des::new(&key.into());
    key.zeroize();
    let mut answer = Zeroizing::new(challenge);
    for block in answer.as_chunks_mut::<8>().0 {
        let mut cells = (*block).into();
        des.encrypt_block(&mut cells);
        *block = cells.into();
    }
    answer
}

#[cfg(test)]
mod tests {
    use super::response;

    // Made with OpenSSL: `openssl enc -des-ecb -nopad -K <key with reversed bits>`.
    #[test]
    fn the_answer_is_that_of_other_implementations() {
        let challenge: [u8; 16] = std::array::from_fn(|i| i as u8);
        assert_eq!(hex(&response(challenge, b"COW")), COW);
        assert_eq!(hex(&response(challenge, b"\"&<\\%+`!")), SIGNS);
        assert_eq!(*response(challenge, b"\"&<\\%+`!and more"), *response(challenge, b"\"&<\\%+`!"));
    }

    const COW: &str = "dc72fe4da173cc3f3c684d6637ed8c28";
    const SIGNS: &str = "8623d2f0ed949af701e1a8ae1359ef49";

    fn hex(bytes: &[u8; 16]) -> String {
        bytes.iter().map(|b| format!("{b:02x}")).collect()
    }
}
