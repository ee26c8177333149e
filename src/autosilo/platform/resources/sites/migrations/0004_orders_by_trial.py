from django.db import migrations, models
from django.db.models.fields.json import KT


class Migration(migrations.Migration):

    dependencies = [
        ('sites', '0003_what_was_heard'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='outgoingorder',
            index=models.Index(KT('payload__trial'), name='order_by_trial'),
        ),
    ]
