"""What a template may be used for; those from before are compared with everybody's who is expected."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("identity", "0005_no_face_without_consent")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="facetemplate",
            name="mode",
            field=models.CharField(default="face_expected", max_length=20),
        ),
        migrations.AddConstraint(
            model_name="facetemplate",
            constraint=models.CheckConstraint(
                condition=models.Q(("mode__in", ["face_expected", "pass_face"])),
                name="a_template_is_for_a_way_with_a_face",
            ),
        ),
    ]
