/**
 * Tables over customers that are put together when they are asked for. What groups by a trait of a
 * customer (their gender) keeps no states: the trait may be told or corrected later.
 */
import { decimal, double, integer, text, timestamp } from './stream.ts'

const gender = text('as they told it')

export const activeCustomers = Object.freeze({
  about: 'how many known customers logged in last on which day, by gender',
  columns: {
    last_login_day: timestamp("the day of their last login, by the shop's calendar; null: none"),
    days_ago: integer('days from it to the day that all sources have reached'),
    gender,
    customers: integer('how many customers'),
  },
})

export const customerEngagement = Object.freeze({
  about: 'what known customers do in each category, by gender; every product line counts',
  columns: {
    gender,
    category: text('the category'),
    customers: integer('how many customers'),
    buyers: integer('how many of them bought in the category'),
    interactions: integer('events in the category, of an event with product lines each line'),
    views: integer('products seen'),
    carts: integer('products put into carts'),
    wishlists: integer('products put on wish lists'),
    purchases: integer('product lines bought'),
    purchase_value: decimal('price x quantity of the lines bought'),
    reviews: integer('reviews'),
    ratings: integer('ratings'),
    rating_avg: double('the mean rating'),
    interactions_per_customer: double('interactions by customers'),
  },
})
