"""The students of the demo class, who do not exist: their names, and how each of them works."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Student:
    """id: the name of the folder, as a school would give it. kind: what is handed in, a key of `demo.KINDS`."""

    id: str
    first: str
    last: str
    kind: str


STUDENTS = tuple(
    Student(*line.split(", "))
    for line in """\
adiallo, Amina, Diallo, right
wang.xiaoming, 小明, 王, wrong
mivanova, Мария, Иванова, right
fzahra, فاطمة, الزهراء, half done
hnguyen, Hương, Nguyễn Thị, wrong
jmueller, Jürgen, Müller, truncated
gpapadopoulos, Γιώργος, Παπαδόπουλος, wrong
psharma, प्रिया, शर्मा, right
mjkim, 민준, 김, doubled checks
s-sato, さくら, 佐藤, right
lwojcik, Łukasz, Wójcik, half done
ycohen, יוסף, כהן, wrong
sobrien, Siobhán, O’Brien, right
sjaidee, สมชาย, ใจดี, syntax error
oyilmaz, Özlem, Yılmaz, wrong
agoncalves, Ana, Gonçalves, no checks
jgarcia, José, García Márquez, empty file
zvandenberg, Zoë, van den Berg, other format
tselvi, செல்வி, தமிழ், missing notebook
oadebayo, Oluwaseun, Adébáyọ̀, endless loop
bgudmundsdottir, Björk, Guðmundsdóttir, eats memory
hpetrosyan, Հայկ, Պետրոսյան, untouched
nberidze, ნინო, ბერიძე, forged outputs
tdvorak, Tomáš, Dvořák, prints points
idordevic, Ivana, Đorđević, transforms input
mtadesse, ማህሌት, ታደሰ, ends the process
kkealoha, Kaʻiulani, Kealoha, reads files
sakesson, Sofie, Åkesson, writes outside
mrossi, Marco, Rossi, fork bomb
r.tables, Robert, Tables, scripts in texts
""".splitlines()
)
