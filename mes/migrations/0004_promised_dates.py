"""What was promised before promises were kept apart from due dates: the due date as it stands."""

from django.db import migrations
from django.db.models import F


def fill(apps, schema_editor):
    apps.get_model("mes", "WorkOrder").objects.filter(promised_on=None).update(promised_on=F("due_on"))


class Migration(migrations.Migration):
    dependencies = [("mes", "0003_the_life_of_a_work_order")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
