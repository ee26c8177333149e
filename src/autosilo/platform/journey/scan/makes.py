"""Makes of cars that a shopper can name: a list and no free text, so that nothing else gets into the counts."""

MAKES: tuple[str, ...] = (
    "Acura", "Aion", "Aito", "Alfa Romeo", "Aston Martin", "Audi", "Avatr", "BAIC", "Baojun", "Bentley", "BMW",
    "Bugatti", "Buick", "BYD", "Cadillac", "Changan", "Chery", "Chevrolet", "Chrysler", "Citroën", "Cupra", "Dacia",
    "Deepal", "Denza", "Dodge", "Dongfeng", "Ferrari", "Fiat", "Ford", "GAC", "Geely", "Genesis", "GMC", "Great Wall",
    "Haval", "Honda", "Hongqi", "Hyundai", "Infiniti", "JAC", "Jaguar", "Jeep", "Jetour", "Kia", "Lamborghini",
    "Land Rover", "Leapmotor", "Lexus", "Li Auto", "Lincoln", "Lotus", "Lucid", "Luxeed", "Lynk & Co", "Maserati",
    "Mazda", "McLaren", "Mercedes-Benz", "MG", "Mini", "Mitsubishi", "NIO", "Nissan", "Onvo", "Opel", "ORA", "Peugeot",
    "Polestar", "Porsche", "Renault", "Rivian", "Roewe", "Rolls-Royce", "SAIC", "Seat", "Skoda", "Smart", "Subaru",
    "Suzuki", "Tank", "Tesla", "Toyota", "Volkswagen", "Volvo", "Voyah", "Wuling", "Xiaomi", "XPeng", "Zeekr",
)  # fmt: skip
