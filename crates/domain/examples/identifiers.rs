//! Numbers of persons and enterprises as this program judges them, for a comparison with validators that
//! were written by others (`e2e/oracle`). `generate COUNT` prints made-up numbers with a verdict each, half
//! of them right by the standard and half with a slip; `judge` answers the lines of its input.

use std::io::{BufRead as _, Write as _};

use domain::Refused;
use domain::org::credit_code::CreditCode;
use domain::person::id_number::IdNumber;
use time::macros::date;

/// Made-up numbers are judged on a day that does not move.
const TODAY: time::Date = date!(2026 - 11 - 29);
const SIGNS: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
/// First two signs of codes by the standard's table.
const KINDS: [&str; 20] = [
    "11", "12", "13", "19", "21", "29", "31", "32", "33", "34", "35", "39", "51", "52", "53", "59", "91",
    "92", "93", "Y1",
];
/// Regions that have been there for long; what a region is called is not the question here.
const REGIONS: [&str; 12] = [
    "110101", "120101", "130102", "210102", "310101", "320102", "330102", "420102", "440103", "500101",
    "510104", "650102",
];

/// Repeatable numbers (splitmix64).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, most: usize) -> usize {
        usize::try_from(self.next() % (most as u64)).unwrap_or_default()
    }

    fn pick<'a>(&mut self, among: &[&'a str]) -> &'a str {
        among[self.below(among.len())]
    }
}

fn id(dice: &mut Dice) -> String {
    let (year, month, day) = (1950 + dice.below(70), 1 + dice.below(12), 1 + dice.below(28));
    let body = format!(
        "{}{year}{month:02}{day:02}{:03}",
        dice.pick(&REGIONS),
        dice.below(1_000)
    );
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = body
        .bytes()
        .zip(weights)
        .map(|(sign, weight)| u32::from(sign - b'0') * weight)
        .sum();
    let check = b"10X98765432"[(sum % 11) as usize];
    format!("{body}{}", char::from(check))
}

fn code(dice: &mut Dice) -> String {
    let mut body = format!("{}{}", dice.pick(&KINDS), dice.pick(&REGIONS));
    for _ in 0..9 {
        body.push(char::from(SIGNS[dice.below(31)]));
    }
    let mut weight = 1;
    let mut sum = 0;
    for sign in body.bytes() {
        let value = SIGNS.iter().position(|known| *known == sign).unwrap_or_default();
        sum += value * weight;
        weight = weight * 3 % 31;
    }
    body.push(char::from(SIGNS[(31 - sum % 31) % 31]));
    body
}

/// A slip of the pen: one sign another, two in the wrong order, one missing, one too many.
fn slip(dice: &mut Dice, text: &str) -> String {
    let mut signs: Vec<u8> = text.bytes().collect();
    let at = dice.below(signs.len());
    match dice.below(8) {
        0 => {
            signs.remove(at);
        }
        1 => signs.insert(at, SIGNS[dice.below(31)]),
        2 | 3 if at + 1 < signs.len() => signs.swap(at, at + 1),
        4 => signs[at] = b"IOSVZ"[dice.below(5)],
        _ => signs[at] = SIGNS[dice.below(10)],
    }
    String::from_utf8_lossy(&signs).into_owned()
}

fn verdict(kind: &str, text: &str) -> &'static str {
    let judged: Result<(), Refused> = match kind {
        "id" => IdNumber::parse(text, TODAY, false).map(|_| ()),
        _ => CreditCode::parse(text, false).map(|_| ()),
    };
    judged.map_or_else(Refused::code, |()| "ok")
}

fn main() -> std::io::Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    if let [_, word, count] = arguments.as_slice()
        && word == "generate"
    {
        let mut dice = Dice(365);
        for number in 0..count.parse::<usize>().unwrap_or_default() {
            for (kind, right) in [("id", id(&mut dice)), ("code", code(&mut dice))] {
                let text = if number % 2 == 0 {
                    right
                } else {
                    slip(&mut dice, &right)
                };
                writeln!(out, "{kind} {text} {}", verdict(kind, &text))?;
            }
        }
    } else {
        for line in std::io::stdin().lock().lines() {
            let line = line?;
            let (kind, text) = line.split_once(' ').unwrap_or_default();
            writeln!(out, "{kind} {text} {}", verdict(kind, text))?;
        }
    }
    out.flush()
}
