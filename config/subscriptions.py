"""The event table: which fact is heard by which tasks. Facts go up; commands go down as calls."""

SUBSCRIPTIONS: dict[str, list[str]] = {
    "pricing.quote_settled": ["shop.tasks.tell_customer_of_quote", "external_orders.tasks.record_quote"],
    "pricing.rates_changed": ["shop.tasks.refresh_catalogue_prices"],
    "shop.order_placed": ["crm.tasks.review_order", "crm.tasks.count_order"],
    "shop.order_paid": ["crm.tasks.review_again"],
    "shop.order_decided": ["crm.tasks.count_order"],
    "shop.question_answered": ["crm.tasks.record_answer"],
    "shop.cancellation_asked": ["crm.tasks.cancel_for_customer"],
    "shop.customers_merged": ["shop.tasks.bring_along", "crm.tasks.bring_along"],
    "shop.customer_erased": ["crm.tasks.forget_customer"],
    "mes.operation_ready": ["mes.tasks.publish_if_dry"],
    "mes.work_order_started": ["crm.tasks.record_production", "external_orders.tasks.record_production"],
    "mes.work_order_finished": ["crm.tasks.record_production", "external_orders.tasks.record_production"],
    "mes.work_order_cancelled": ["crm.tasks.record_production", "external_orders.tasks.record_production"],
    "mes.work_order_scrapped": ["crm.tasks.record_production", "external_orders.tasks.record_production"],
    "mes.due_date_changed": ["external_orders.tasks.record_due_date"],
}
