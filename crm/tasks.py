"""Doors for the queue."""

from crm.services import customers, production, questions, reviews, tallies


def review_order(order_id: int) -> None:
    reviews.review_order(order_id=order_id)


def review_again(order_id: int) -> None:
    reviews.review_again(order_id=order_id)


def record_answer(order_id: int) -> None:
    questions.record_answer(order_id=order_id)


def record_production(work_order_id: int) -> None:
    production.record_production(work_order_id=work_order_id)


def cancel_for_customer(order_id: int) -> None:
    reviews.cancel_for_customer(order_id=order_id)


def sweep_orders() -> None:
    reviews.sweep_orders()


def bring_along(customer_id: int, former_id: int) -> None:
    customers.bring_along(customer_id=customer_id, former_id=former_id)


def forget_customer(customer_id: int) -> None:
    customers.forget_customer(customer_id=customer_id)


def count_order(order_id: int) -> None:
    tallies.count_orders(order_ids=[order_id])


def sweep_tallies() -> None:
    tallies.sweep_tallies()
