"""The account: the tenant that every row belongs to."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class Account(models.Model):
    """The tenant. Every row belongs to exactly one; nothing is visible across accounts."""

    slug = models.SlugField(_("slug"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=200)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    objects = models.Manager["Account"]()

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("account_home", args=[self.slug])
