from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("identity", "0002_initial")]

    operations = [
        migrations.AlterModelOptions(name="visitpass", options={"verbose_name_plural": "visit passes"}),
    ]
