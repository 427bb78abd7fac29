//! Remembers the signatures that were verified on paths to the roots of one store.
//!
//! Servers share their intermediates, so webpki verifies the same signatures for every server. It takes its signature
//! algorithms as trait objects; those of this file answer from memory if the same signature was verified before. webpki
//! still decides every path.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use rustls_pki_types::{AlgorithmIdentifier, InvalidSignature, SignatureVerificationAlgorithm};

use crate::crypto::{VERIFICATION_ALGORITHMS, sha256};

/// Maximum number of remembered signatures. Further ones are verified each time.
const MAX_REMEMBERED: usize = 16_384;

/// The results of verified signatures: `true` for a valid signature.
#[derive(Default)]
pub(super) struct SignatureMemory {
    results: Mutex<HashMap<Vec<u8>, bool>>,
}

impl SignatureMemory {
    /// Returns the algorithms of webpki, each with this memory.
    pub(super) fn algorithms(&self) -> Vec<RememberingAlgorithm<'_>> {
        let algorithms = VERIFICATION_ALGORITHMS.iter();
        algorithms
            .map(|algorithm| RememberingAlgorithm {
                algorithm: *algorithm,
                memory: self,
            })
            .collect()
    }

    fn recall(&self, digest: &[u8]) -> Option<bool> {
        let results = self.results.lock().unwrap_or_else(PoisonError::into_inner);
        results.get(digest).copied()
    }

    fn remember(&self, digest: Vec<u8>, is_valid: bool) {
        let mut results = self.results.lock().unwrap_or_else(PoisonError::into_inner);
        if results.len() < MAX_REMEMBERED {
            results.insert(digest, is_valid);
        }
    }
}

impl fmt::Debug for SignatureMemory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignatureMemory").finish_non_exhaustive()
    }
}

/// A signature algorithm of webpki that remembers its results.
#[derive(Debug)]
pub(super) struct RememberingAlgorithm<'m> {
    algorithm: &'static dyn SignatureVerificationAlgorithm,
    memory: &'m SignatureMemory,
}

impl SignatureVerificationAlgorithm for RememberingAlgorithm<'_> {
    fn verify_signature(
        &self,
        public_key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        let digest = digest_parts(&[
            self.signature_alg_id().as_ref(),
            self.public_key_alg_id().as_ref(),
            public_key,
            message,
            signature,
        ]);
        let is_valid = self.memory.recall(&digest).unwrap_or_else(|| {
            let result = self
                .algorithm
                .verify_signature(public_key, message, signature);
            self.memory.remember(digest, result.is_ok());
            result.is_ok()
        });
        if is_valid {
            Ok(())
        } else {
            Err(InvalidSignature)
        }
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        self.algorithm.public_key_alg_id()
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        self.algorithm.signature_alg_id()
    }
}

/// Returns the SHA-256 digest of `parts`. The length of each precedes it, so that no two lists of parts have the same
/// input.
fn digest_parts(parts: &[&[u8]]) -> Vec<u8> {
    let mut input = Vec::new();
    for part in parts {
        input.extend_from_slice(&part.len().to_be_bytes());
        input.extend_from_slice(part);
    }
    sha256(&input)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use rustls_pki_types::{
        AlgorithmIdentifier, InvalidSignature, SignatureVerificationAlgorithm, alg_id,
    };

    use super::{MAX_REMEMBERED, RememberingAlgorithm, SignatureMemory, digest_parts};

    /// An algorithm whose signature is the key followed by the message. It counts its calls.
    #[derive(Debug)]
    struct CountingAlgorithm {
        calls: AtomicUsize,
        signature_alg_id: AlgorithmIdentifier,
    }

    impl CountingAlgorithm {
        const fn new(signature_alg_id: AlgorithmIdentifier) -> Self {
            Self {
                calls: AtomicUsize::new(0),
                signature_alg_id,
            }
        }
    }

    impl SignatureVerificationAlgorithm for CountingAlgorithm {
        fn verify_signature(
            &self,
            public_key: &[u8],
            message: &[u8],
            signature: &[u8],
        ) -> Result<(), InvalidSignature> {
            self.calls.fetch_add(1, Ordering::Relaxed);
            let is_valid = signature == [public_key, message].concat();
            if is_valid {
                Ok(())
            } else {
                Err(InvalidSignature)
            }
        }

        fn public_key_alg_id(&self) -> AlgorithmIdentifier {
            alg_id::ED25519
        }

        fn signature_alg_id(&self) -> AlgorithmIdentifier {
            self.signature_alg_id
        }
    }

    #[test]
    fn only_an_equal_signature_is_remembered() {
        static FIRST: CountingAlgorithm = CountingAlgorithm::new(alg_id::ED25519);
        static SECOND: CountingAlgorithm = CountingAlgorithm::new(alg_id::ED448);
        let memory = SignatureMemory::default();
        let cases: [(&'static CountingAlgorithm, [&[u8]; 3], bool); 6] = [
            (&FIRST, [b"key", b"message", b"keymessage"], true),
            (&FIRST, [b"key", b"message", b"keymessagf"], false),
            (&FIRST, [b"key", b"messagf", b"keymessage"], false),
            (&FIRST, [b"kez", b"message", b"keymessage"], false),
            (&FIRST, [b"keym", b"essage", b"keymessage"], true),
            (&SECOND, [b"key", b"message", b"keymessage"], true),
        ];
        for round in 1..=2 {
            for (algorithm, [key, message, signature], is_valid) in cases {
                let remembering = RememberingAlgorithm {
                    algorithm,
                    memory: &memory,
                };
                let result = remembering.verify_signature(key, message, signature);
                assert_eq!(result.is_ok(), is_valid, "{round}: {key:?} {message:?}");
            }
            let calls = FIRST.calls.load(Ordering::Relaxed) + SECOND.calls.load(Ordering::Relaxed);
            assert_eq!(calls, cases.len(), "{round}");
        }
    }

    #[test]
    fn full_memory_keeps_what_it_has() {
        let memory = SignatureMemory::default();
        for number in 0..=MAX_REMEMBERED {
            memory.remember(number.to_be_bytes().to_vec(), true);
        }
        let results = memory.results.lock().unwrap().len();
        assert_eq!(results, MAX_REMEMBERED);
        assert_eq!(memory.recall(&0_usize.to_be_bytes()), Some(true));
        assert_eq!(memory.recall(&MAX_REMEMBERED.to_be_bytes()), None);
    }

    #[test]
    fn boundaries_of_parts_change_the_digest() {
        assert_ne!(digest_parts(&[b"ab", b"c"]), digest_parts(&[b"a", b"bc"]));
        assert_ne!(digest_parts(&[b"", b"a"]), digest_parts(&[b"a", b""]));
    }
}
