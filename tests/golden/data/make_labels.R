# Labelled files that another program wrote: from the repository root, `Rscript tests/golden/data/make_labels.R`.
# haven writes UTF-8 into every version of .dta; only from version 14 on does the format say so.
library(haven)
people <- data.frame(id = c(1, 2, 3))
people$forced <- labelled_spss(c(1, 98, 99), c(Oui = 1, Non = 2, "Ne sait pas" = 98, Refus = 99), na_values = c(98, 99), label = "Forcé ?")
people$years <- labelled_spss(c(1, 997, NA), c("年" = 1), na_range = c(990, 999), label = "هل أجبرت")
people$words <- c("é", "да", "")
people$day <- as.Date(c("2025-03-01", NA, "2024-02-29"))
write_sav(people, "tests/golden/data/labels.sav", compress = "byte")
write_sav(people, "tests/golden/data/labels.zsav", compress = "zsav")
people$forced <- labelled(c(1, tagged_na("a"), tagged_na("b")), c(Oui = 1, NSP = tagged_na("a"), Refus = tagged_na("b")), label = "Forcé ?")
people$years <- c(1.5, NA, 3)
for (version in c(12, 15)) write_dta(people, sprintf("tests/golden/data/labels_%d.dta", version), version = version)
