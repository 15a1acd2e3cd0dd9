//! What must not compile. Each file under `tests/ui` is a program; beside it stands what the
//! compiler says of it. `TRYBUILD=overwrite` writes the answers anew after a change of toolchain:
//! read the difference.

#[test]
fn clause_1_4_2_5_1_e_what_must_not_compile_does_not() {
    let cases = trybuild::TestCases::new();
    cases.pass("tests/ui/pass/*.rs");
    cases.compile_fail("tests/ui/*.rs");
}
