from django.urls import path

from onboarding.widget.api import accounts, people

urlpatterns = [
    path("people", people.People.as_view(), name="people"),
    path("people/<int:pk>", people.OnePerson.as_view(), name="person"),
    path("people/<int:pk>/export", people.Export.as_view(), name="person_export"),
    path("people/<int:pk>/rulings", people.Rulings.as_view(), name="rulings"),
    path("rulings/<int:pk>/withdraw", people.Withdrawal.as_view(), name="ruling_withdraw"),
    path("accounts", accounts.Accounts.as_view(), name="accounts"),
    path("accounts/<int:pk>", accounts.OneAccount.as_view(), name="account"),
    path("accounts/<int:pk>/people", accounts.PeopleOfAccount.as_view(), name="account_people"),
]
