DROP TABLE budgets;
DROP TABLE standing_orders;
